#include "mhcnn/analyze/percent_interval.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(PercentInterval, IsSymmetricQuantileTimesErrorScale) {
  const PercentInterval interval{.error_scale = {2, 1, 4}, .groups = {{10, 3, 40}, {101, 2, 40}}};
  // 2 + 1 * 20 / 10 + 4 * 50 * 50 / 2500.
  EXPECT_DOUBLE_EQ(interval.ErrorScale(50, 20), 8);
  EXPECT_DOUBLE_EQ(interval.ComputeEnds(50, 20).low, 34);
  EXPECT_DOUBLE_EQ(interval.ComputeEnds(50, 20).high, 66);
}

TEST(PercentInterval, UsesQuantileOfDensityGroup) {
  const PercentInterval interval{.error_scale = {1, 0, 0}, .groups = {{10, 3, 40}, {101, 2, 40}}};
  EXPECT_DOUBLE_EQ(interval.ComputeEnds(9, 0).high, 12);
  EXPECT_DOUBLE_EQ(interval.ComputeEnds(10, 0).high, 12);
  EXPECT_DOUBLE_EQ(interval.ComputeEnds(100, 0).low, 98);
}

TEST(PercentInterval, ClampsToRangeAndMinimumErrorScale) {
  const PercentInterval interval{.error_scale = {0, 0, 0}, .groups = {{101, 4, 40}}};
  EXPECT_DOUBLE_EQ(interval.ErrorScale(50, 0), 0.5);
  EXPECT_DOUBLE_EQ(interval.ComputeEnds(1, 0).low, 0);
  EXPECT_DOUBLE_EQ(interval.ComputeEnds(99, 0).high, 100);
}

}  // namespace
}  // namespace mhcnn
