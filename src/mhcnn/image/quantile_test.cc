#include "mhcnn/image/quantile.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(Quantile, IsValueAtRank) {
  cv::Mat1w picture(1, 101);
  for (int i = 0; i <= 100; ++i) picture(0, (i * 37) % 101) = static_cast<std::uint16_t>(10 * i);
  EXPECT_EQ(Quantile(picture, 0), 0);
  EXPECT_EQ(Quantile(picture, 0.5), 500);
  EXPECT_EQ(Quantile(picture, 1), 1000);
  const ValueRange range = RobustRange(picture, 0.01, 0.02);
  EXPECT_EQ(range.low, 10);
  EXPECT_EQ(range.high, 980);
}

TEST(Quantile, AcceptsViewsAndFloats) {
  cv::Mat1f picture(4, 4, 0.0f);
  picture(cv::Rect(1, 1, 2, 2)) = 0.5f;
  EXPECT_EQ(Quantile(picture(cv::Rect(1, 1, 2, 2)), 0.5), 0.5);
}

}  // namespace
}  // namespace mhcnn
