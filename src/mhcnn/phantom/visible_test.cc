#include "mhcnn/phantom/visible.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mhcnn::phantom {
namespace {

/// A half disc of tissue at the chest wall, 100 mm high.
Body HalfDisc(const Grid& grid) {
  Body body;
  body.inside = Mask(grid.height, grid.width, uchar{0});
  cv::circle(body.inside, {0, grid.height / 2}, 80, cv::Scalar(255), cv::FILLED);
  cv::Mat1f distance;
  cv::distanceTransform(body.inside, distance, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  body.skin_mm = distance * grid.mm;
  body.nipple = {static_cast<float>(80 * grid.mm), static_cast<float>(grid.HeightMm() / 2)};
  return body;
}

TEST(Visible, RemovesBlackRimOnly) {
  const Grid grid{200, 100, 0.5};
  const Body body = HalfDisc(grid);
  cv::Mat1f image(grid.height, grid.width, 0.05f);
  image.setTo(0.5f, body.skin_mm > 6);  // 6 mm of rim are lost on the film
  cv::circle(image, {20, 100}, 8, cv::Scalar(0.05), cv::FILLED);  // black inside: fat, not lost
  const Mask visible = Visible(image, body, grid);
  EXPECT_EQ(visible(100, 20), 255);
  EXPECT_EQ(visible(100, 60), 255);
  EXPECT_EQ(visible(100, 75), 0);
  // 6 mm are 12 pixels; smoothing moves the edge outwards by less than 2 mm.
  const double radius = std::sqrt(cv::countNonZero(visible) / (0.5 * CV_PI));
  EXPECT_GT(radius, 80 - 12);
  EXPECT_LT(radius, 80 - 12 + 4);
  image.setTo(0.5f, body.inside);
  EXPECT_GT(cv::countNonZero(Visible(image, body, grid)), 0.98 * cv::countNonZero(body.inside));
}

}  // namespace
}  // namespace mhcnn::phantom
