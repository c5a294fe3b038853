#include "mhcnn/calibrate/readers_convention.h"

#include <gtest/gtest.h>

#include "mhcnn/base/random.h"

namespace mhcnn {
namespace {

/// Percents that fall evenly with the threshold, to none at 1; the model's own is that at 0.5. The
/// reader finds 10 points and 0.6 of it.
std::vector<PercentPair> Pairs() {
  RandomStream random(3);
  std::vector<PercentPair> pairs;
  for (int i = 0; i < 30; ++i) {
    PercentPair p{};
    const double all = 90 * random.Uniform();
    auto& percent_densities = p.by_threshold.emplace();
    for (std::size_t t = 0; t < percent_densities.size(); ++t)
      percent_densities[t] = all * (1 - kDenseThresholds[t]);
    p.predicted = all / 2;
    p.truth = 10 + 0.6 * p.predicted + random.Normal(0, 0.5);
    pairs.push_back(p);
  }
  return pairs;
}

TEST(ReadersConvention, LineEqualsLeastSquaresFit) {
  const auto pairs = Pairs();
  const FittedConvention line = FitConvention(pairs, Convention::kLine);
  EXPECT_NEAR(line.scale.intercept, 10, 0.5);
  EXPECT_NEAR(line.scale.slope, 0.6, 0.03);
  EXPECT_FALSE(line.threshold);
  EXPECT_DOUBLE_EQ(line.Apply(pairs[0]),
                   line.scale.intercept + line.scale.slope * pairs[0].predicted);
  const FittedConvention own = FitConvention(pairs, Convention::kModel);
  EXPECT_EQ(own.Apply(pairs[0]), pairs[0].predicted);
}

TEST(ReadersConvention, RecoversReaderThreshold) {
  auto pairs = Pairs();
  RandomStream random(4);
  for (auto& p : pairs) p.truth = (*p.by_threshold)[8] + random.Normal(0, 0.3);
  const FittedConvention threshold = FitConvention(pairs, Convention::kThreshold);
  ASSERT_TRUE(threshold.threshold);
  EXPECT_EQ(kDenseThresholds[*threshold.threshold], 0.9);
  EXPECT_EQ(threshold.Apply(pairs[0]), (*pairs[0].by_threshold)[8]);
}

TEST(ReadersConvention, KeepsModelConventionIfReadersAgree) {
  auto pairs = Pairs();
  for (auto& p : pairs) p.truth = p.predicted;
  EXPECT_EQ(FitConvention(pairs, Convention::kLine).scale.slope, 1);
  EXPECT_EQ(FitConvention(pairs, Convention::kLine).scale.intercept, 0);
  EXPECT_FALSE(FitConvention(pairs, Convention::kThreshold).threshold);
  for (auto& p : pairs) p.truth = 40 - p.predicted / 2;  // a falling line is not used
  EXPECT_EQ(FitConvention(pairs, Convention::kLine).scale.slope, 1);
}

}  // namespace
}  // namespace mhcnn
