#include "mhcnn/stats/values.h"

#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

TEST(Values, StateWhyUndefined) {
  EXPECT_EQ(FindUndefinedReason({{1, 2}, {3, 4}}, 2), "");
  EXPECT_EQ(FindUndefinedReason({{}, {}}, 1), "no case");
  EXPECT_EQ(FindUndefinedReason({{1}, {3}}, 2), "fewer than 2 cases");
  EXPECT_EQ(FindUndefinedReason({{1, 2}, {3, std::nan("")}}, 2), "a value is not a finite number");
  EXPECT_THROW(FindUndefinedReason({{1, 2}, {3}}, 1), Error);
}

TEST(Values, RanksEqualSciPy) {
  for (const auto& c : StatsGoldens("/ranks")) {
    EXPECT_EQ(MidRanks(Doubles(c["values"])), Doubles(c["ranks"]));
  }
  EXPECT_TRUE(MidRanks({}).empty());
}

TEST(Values, QuantilesEqualNumPy) {
  for (const auto& c : StatsGoldens("/quantiles")) {
    for (const auto& [fraction, wanted] :
         c["quantiles"].get<std::vector<std::pair<double, double>>>()) {
      EXPECT_NEAR(SortedQuantile(Doubles(c["sorted"]), fraction), wanted, 1e-12);
    }
  }
}

TEST(Values, MedianOfOddAndEvenNumbers) {
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(Median({7}), 7);
}

TEST(Values, SelectRepeatsAndReorders) {
  const PairedValues selected = Select(PairedValues{{1, 2, 3}, {4, 5, 6}}, {2, 0, 2});
  EXPECT_EQ(selected.truth, (std::vector<double>{3, 1, 3}));
  EXPECT_EQ(selected.predicted, (std::vector<double>{6, 4, 6}));
}

}  // namespace
}  // namespace mhcnn
