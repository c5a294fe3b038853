#include "mhcnn/stats/shift.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/base/random.h"

namespace mhcnn {
namespace {

TEST(Shift, PopulationStabilityIsTheSumOverTheBins) {
  // Half a case more in each bin: shares 0.25 and 0.75 against 0.75 and 0.25.
  const Statistic index = PopulationStability({0.5, 2.5}, {2.5, 0.5});
  EXPECT_NEAR(*index.value, 2 * 0.5 * std::log(3.0), 1e-12);
  EXPECT_NEAR(*PopulationStability({10, 20, 30}, {10, 20, 30}).value, 0, 1e-12);
  EXPECT_FALSE(PopulationStability({1}, {1}).defined());
  EXPECT_FALSE(PopulationStability({0, 0}, {1, 1}).defined());
}

TEST(Shift, BinsHoldEqualPartsOfTheValues) {
  std::vector<double> values;
  for (int i = 1; i <= 100; ++i) values.push_back(i);
  const auto ends = QuantileBins(values, 4);
  EXPECT_EQ(ends, (std::vector<double>{25, 50, 75}));
  EXPECT_EQ(CountInBins(values, ends), (std::vector<double>{25, 25, 25, 25}));
  EXPECT_TRUE(QuantileBins({3, 3, 3}, 4).empty());
  EXPECT_TRUE(QuantileBins({}, 4).empty());
}

TEST(Shift, KolmogorovSmirnovEqualsSciPy) {
  // scipy.stats.ks_2samp([1, 2, 3, 4], [3, 4, 5, 6]).statistic is 0.5.
  const auto test = TestKolmogorovSmirnov({1, 2, 3, 4}, {3, 4, 5, 6});
  EXPECT_NEAR(*test.distance.value, 0.5, 1e-12);
  EXPECT_GT(*test.p.value, 0.2);
  EXPECT_NEAR(*TestKolmogorovSmirnov({1, 2}, {1, 2}).p.value, 1, 1e-6);
  EXPECT_FALSE(TestKolmogorovSmirnov({}, {1}).distance.defined());
}

TEST(Shift, KolmogorovSmirnovKeepsFalsePositiveRate) {
  int rejected = 0, found = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomStream random(seed);
    std::vector<double> first, second, moved;
    for (int i = 0; i < 200; ++i) first.push_back(random.Normal(0, 1));
    for (int i = 0; i < 200; ++i) second.push_back(random.Normal(0, 1));
    for (int i = 0; i < 200; ++i) moved.push_back(random.Normal(0.5, 1));
    rejected += *TestKolmogorovSmirnov(first, second).p.value < 0.05;
    found += *TestKolmogorovSmirnov(first, moved).p.value < 0.05;
  }
  EXPECT_LE(rejected, 20);
  EXPECT_GE(found, 190);
}

TEST(Shift, SharesDifferByTheNormalApproximation) {
  // 10 of 100 against 20 of 100: z = 0.1 / sqrt(0.15 * 0.85 * 0.02) = 1.980.
  EXPECT_NEAR(FractionDifferenceP(10, 100, 20, 100), 0.0477, 5e-4);
  EXPECT_EQ(FractionDifferenceP(0, 100, 0, 50), 1);
  EXPECT_EQ(FractionDifferenceP(0, 0, 1, 50), 1);
}

}  // namespace
}  // namespace mhcnn
