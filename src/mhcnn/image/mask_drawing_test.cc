#include "mhcnn/image/mask_drawing.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(TintMask, MixesColourInsideMaskOnly) {
  cv::Mat3b canvas(4, 4, cv::Vec3b(100, 100, 100));
  Mask mask = Mask::zeros(4, 4);
  mask(1, 2) = 255;
  TintMask(canvas, mask, cv::Scalar(200, 0, 100), 0.5);
  EXPECT_EQ(canvas(1, 2), cv::Vec3b(150, 50, 100));
  EXPECT_EQ(canvas(2, 2), cv::Vec3b(100, 100, 100));
}

TEST(DrawMaskOutline, DrawsOutlinesOfRegionAndHole) {
  cv::Mat3b canvas(40, 40, cv::Vec3b(0, 0, 0));
  Mask mask = Mask::zeros(40, 40);
  mask(cv::Rect(5, 5, 30, 30)).setTo(255);
  mask(cv::Rect(15, 15, 10, 10)).setTo(0);
  DrawMaskOutline(canvas, mask, cv::Scalar(0, 255, 0));
  EXPECT_GT(canvas(5, 20)[1], 100);
  EXPECT_GT(canvas(14, 20)[1], 100);
  EXPECT_EQ(canvas(10, 20), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(canvas(20, 20), cv::Vec3b(0, 0, 0));
}

}  // namespace
}  // namespace mhcnn
