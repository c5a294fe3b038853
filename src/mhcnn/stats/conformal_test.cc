#include "mhcnn/stats/conformal.h"

#include <gtest/gtest.h>

#include <limits>

#include "mhcnn/base/error.h"
#include "mhcnn/base/random.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

TEST(Conformal, QuantileIsOrderStatistic) {
  // ceil(10 * 0.9) = 9th of 9, ceil(21 * 0.9) = 19th of 20, ceil(20 * 0.95) = 19th of 19.
  ExpectNear(ConformalQuantile({9, 1, 2, 3, 4, 5, 6, 7, 8}, 0.9), 9);
  std::vector<double> twenty;
  for (const auto i : Shuffled(20, 3)) twenty.push_back(static_cast<double>(i) + 1);
  ExpectNear(ConformalQuantile(twenty, 0.9), 19);
  ExpectNear(ConformalQuantile(twenty, 0.5), 11);
  twenty.erase(std::find(twenty.begin(), twenty.end(), 20));
  ExpectNear(ConformalQuantile(twenty, 0.95), 19);
}

TEST(Conformal, StatesRequiredNumberOfCases) {
  EXPECT_EQ(MinScoreCount(0.9), 9u);
  EXPECT_EQ(MinScoreCount(0.95), 19u);
  EXPECT_EQ(MinScoreCount(0.5), 1u);
  ExpectUndefined(ConformalQuantile({1, 2, 3}, 0.9), "3 cases, 9 needed for a coverage of 0.9");
  ExpectUndefined(ConformalQuantile({1, std::numeric_limits<double>::quiet_NaN()}, 0.5),
                  "a score is NaN");
  EXPECT_THROW(ConformalQuantile({1}, 1), Error);
}

// Whatever the scores' distribution, with few cases: the fraction of new scores at or below the
// quantile is, on average over calibration sets, at least the coverage and little more.
TEST(Conformal, HasNominalCoverage) {
  RandomStream random(8);
  for (const std::size_t n : {19u, 40u}) {
    int covered = 0;
    constexpr int kTrials = 4000;
    for (int trial = 0; trial < kTrials; ++trial) {
      std::vector<double> scores;
      for (std::size_t i = 0; i <= n; ++i) scores.push_back(std::exp(3 * random.Normal(0, 1)));
      const double fresh = scores.back();
      scores.pop_back();
      covered += fresh <= *ConformalQuantile(scores, 0.9).value;
    }
    EXPECT_GT(covered, kTrials * 0.885) << n;
    EXPECT_LT(covered, kTrials * (0.9 + 1.0 / static_cast<double>(n + 1) + 0.015)) << n;
  }
}

TEST(ClassRanges, SpanLikelyCategories) {
  const std::vector<double> p = {0.1, 0.5, 0.3, 0.1};
  EXPECT_NEAR(ClassScore(p, 1), 0.5, 1e-12);
  EXPECT_NEAR(ClassScore(p, 3), 0.9, 1e-12);
  EXPECT_EQ(MakeClassRange(p, 0.1), (ClassRange{1, 1}));  // never empty
  EXPECT_EQ(MakeClassRange(p, 0.7), (ClassRange{1, 2}));
  EXPECT_EQ(MakeClassRange(p, 0.9), (ClassRange{0, 3}));
  EXPECT_EQ(MakeClassRange({0.4, 0.1, 0.5}, 0.6), (ClassRange{0, 2}));  // no gap
  // The likeliest is b, the median c: the range holds both.
  EXPECT_EQ(MakeClassRange({0.118, 0.379, 0.333, 0.17}, 0.65), (ClassRange{1, 2}));
}

// The true category drawn from the probabilities themselves: ranges at the quantile of earlier
// scores hold it as often as stated.
TEST(ClassRanges, HaveNominalCoverage) {
  RandomStream random(5);
  const auto draw = [&](std::vector<double>& p) {
    double sum = 0;
    for (double& v : p) sum += v = std::exp(2 * random.Normal(0, 1));
    for (double& v : p) v /= sum;
    double left = random.Uniform();
    int y = 0;
    while (y < 3 && left > p[static_cast<std::size_t>(y)]) left -= p[static_cast<std::size_t>(y++)];
    return y;
  };
  std::vector<double> p(4), scores;
  for (int i = 0; i < 500; ++i) {
    const int y = draw(p);
    scores.push_back(ClassScore(p, y));
  }
  const double quantile = *ConformalQuantile(scores, 0.9).value;
  int held = 0, categories = 0;
  for (int i = 0; i < 5000; ++i) {
    const int y = draw(p);
    const ClassRange range = MakeClassRange(p, quantile);
    held += range.Contains(y);
    categories += range.high - range.low + 1;
  }
  EXPECT_GT(held, 5000 * 0.87);
  EXPECT_LT(categories, 5000 * 3.2);  // all four would hold it too
}

}  // namespace
}  // namespace mhcnn
