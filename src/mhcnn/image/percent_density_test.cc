#include "mhcnn/image/percent_density.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

Mask Filled(cv::Size size, cv::Rect area, uchar value = 255) {
  Mask mask = Mask::zeros(size);
  mask(area) = value;
  return mask;
}

TEST(PercentDensity, CountsDensePixelsWithinTheBreast) {
  const Mask breast = Filled({10, 10}, {0, 0, 8, 10});  // 80 pixels
  const Mask dense = Filled({10, 10}, {6, 0, 4, 5});    // 20 pixels, 10 of them in the breast
  EXPECT_DOUBLE_EQ(*PercentDensity(breast, dense), 100.0 * 10 / 80);
  EXPECT_DOUBLE_EQ(*PercentDensity(breast, breast), 100);
}

TEST(PercentDensity, TakesAnyValueButZeroAsInside) {
  const Mask breast = Filled({4, 4}, {0, 0, 4, 4}, 255), dense = Filled({4, 4}, {0, 0, 2, 2}, 255);
  EXPECT_DOUBLE_EQ(*PercentDensity(breast, dense), 25);
  EXPECT_DOUBLE_EQ(*PercentDensity(breast / 255, dense / 255), 25);
}

TEST(PercentDensity, IsZeroForABreastWithoutDenseTissue) {
  EXPECT_EQ(PercentDensity(Filled({4, 4}, {0, 0, 2, 2}), Mask::zeros(4, 4)), 0.0);
}

TEST(PercentDensity, IsUndefinedWithoutABreast) {
  EXPECT_FALSE(PercentDensity(Mask::zeros(4, 4), Mask::zeros(4, 4)));
  EXPECT_FALSE(PercentDensity(Mask::zeros(4, 4), Filled({4, 4}, {0, 0, 2, 2})));
  EXPECT_FALSE(PercentDensity(Mask(), Mask()));
  EXPECT_FALSE(PercentDensity(Mask(), Filled({4, 4}, {0, 0, 2, 2})));
}

TEST(PercentDensity, IsUndefinedForMasksOfTwoSizes) {
  EXPECT_FALSE(PercentDensity(Filled({4, 4}, {0, 0, 2, 2}), Mask()));
  EXPECT_FALSE(PercentDensity(Filled({4, 4}, {0, 0, 2, 2}), Mask::zeros(8, 8)));
}

}  // namespace
}  // namespace mhcnn
