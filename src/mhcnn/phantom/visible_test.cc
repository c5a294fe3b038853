#include "mhcnn/phantom/visible.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mhcnn/testing/bodies.h"

namespace mhcnn::phantom {
namespace {

using testing_support::HalfDisc;

TEST(FindVisiblePixels, RemovesBlackRimOnly) {
  const Grid grid{200, 100, 0.5};
  const Body body = HalfDisc(grid);
  cv::Mat1f image(grid.height, grid.width, 0.05f);
  image.setTo(0.5f, body.skin_mm > 6);  // 6 mm of rim are lost on the film
  cv::circle(image, {20, 100}, 8, cv::Scalar(0.05), cv::FILLED);  // black inside: fat, not lost
  const Mask visible = FindVisiblePixels(image, body, grid);
  EXPECT_EQ(visible(100, 20), 255);
  EXPECT_EQ(visible(100, 60), 255);
  EXPECT_EQ(visible(100, 75), 0);
  // 6 mm are 12 pixels; smoothing moves the edge outwards by less than 2 mm.
  const double radius = std::sqrt(cv::countNonZero(visible) / (0.5 * CV_PI));
  EXPECT_GT(radius, 80 - 12);
  EXPECT_LT(radius, 80 - 12 + 4);
  image.setTo(0.5f, body.inside);
  EXPECT_GT(cv::countNonZero(FindVisiblePixels(image, body, grid)),
            0.98 * cv::countNonZero(body.inside));
}

}  // namespace
}  // namespace mhcnn::phantom
