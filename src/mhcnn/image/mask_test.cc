#include "mhcnn/image/mask.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

bool Same(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

TEST(ResizeMask, AHalvedMaskHasThePixelsThatAreMostlySet) {
  // Areas of 2 x 2 pixels of which 4, 2, 1 and 0 are set: means 255, 127.5, 63.75 and 0.
  const Mask mask = (Mask(2, 8) << 255, 255, 255, 0, 255, 0, 0, 0,  //
                     255, 255, 255, 0, 0, 0, 0, 0);
  const Mask expected = (Mask(1, 4) << 255, 255, 0, 0);  // 127.5 rounds to 128
  EXPECT_TRUE(Same(ResizeMask(mask, {4, 1}), expected));
}

TEST(ResizeMask, AGrownMaskIsStillBinary) {
  Mask mask = Mask::zeros(8, 8);
  mask(cv::Rect(2, 2, 4, 4)) = 255;
  const Mask grown = ResizeMask(mask, {24, 24});
  EXPECT_EQ(cv::countNonZero(grown == 255), cv::countNonZero(grown));
  // At a corner two thirds of two thirds are less than a half.
  EXPECT_EQ(cv::countNonZero(grown), 12 * 12 - 4);
}

TEST(ResizeMask, AMissingMaskAndOneOfTheSizeStay) {
  EXPECT_TRUE(ResizeMask(Mask(), {4, 4}).empty());
  const Mask mask = (Mask(1, 2) << 0, 1);
  EXPECT_TRUE(Same(ResizeMask(mask, {2, 1}), mask));
}

}  // namespace
}  // namespace mhcnn
