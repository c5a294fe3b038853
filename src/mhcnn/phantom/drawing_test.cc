#include "mhcnn/phantom/drawing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mhcnn::phantom {
namespace {

const Grid kGrid{200, 300, 0.5};

cv::Mat1f Empty() { return cv::Mat1f::zeros(kGrid.height, kGrid.width); }

/// Centre of what is drawn, mm.
cv::Point2d Centre(const cv::Mat1f& layer) {
  const cv::Moments m = cv::moments(layer);
  return {(m.m10 / m.m00 + 0.5) * kGrid.mm, (m.m01 / m.m00 + 0.5) * kGrid.mm};
}

TEST(DrawDisc, HasTheAreaAndCentreOfTheEllipse) {
  for (const double aspect : {1.0, 0.5}) {
    cv::Mat1f layer = Empty();
    DrawDisc(layer, kGrid, {60.3, 41.7}, 12, aspect, 30, 0.7);
    const double area = cv::countNonZero(layer) * kGrid.mm * kGrid.mm;
    // OpenCV fills the pixels that the outline touches too: up to a pixel more on each side.
    EXPECT_GE(area, 0.98 * CV_PI * 12 * 12 * aspect);
    EXPECT_LE(area, CV_PI * (12 + kGrid.mm) * (12 * aspect + kGrid.mm));
    EXPECT_NEAR(Centre(layer).x, 60.3, 0.3);
    EXPECT_NEAR(Centre(layer).y, 41.7, 0.3);
    double most = 0;
    cv::minMaxLoc(layer, nullptr, &most);
    EXPECT_FLOAT_EQ(static_cast<float>(most), 0.7f);
  }
}

TEST(DrawDisc, SmallerThanAPixelIsFainter) {
  cv::Mat1f layer = Empty();
  const double radius = 0.1;  // an eighth of a pixel's area
  DrawDisc(layer, kGrid, {50.25, 50.25}, radius, 1, 0, 0.8);
  double most = 0;
  cv::minMaxLoc(layer, nullptr, &most);
  EXPECT_NEAR(most, 0.8 * CV_PI * radius * radius / (kGrid.mm * kGrid.mm), 1e-6);
}

TEST(DrawWanderer, GoesInItsDirectionForItsLength) {
  for (const double angle : {0.0, 0.7, CV_PI}) {
    cv::Mat1f layer = Empty();
    RandomStream random(4);
    const cv::Point2d start(75, 50);
    DrawWanderer(layer, kGrid, random, start, angle, 30, 2, 0.6, 0);
    double reach = 0;
    cv::Point2d end;
    for (int y = 0; y < layer.rows; ++y) {
      for (int x = 0; x < layer.cols; ++x) {
        if (layer(y, x) == 0) continue;
        const cv::Point2d at((x + 0.5) * kGrid.mm, (y + 0.5) * kGrid.mm);
        const double distance = std::hypot(at.x - start.x, at.y - start.y);
        if (distance > reach) reach = distance, end = at;
      }
    }
    EXPECT_NEAR(reach, 30, 4) << angle;
    const double along =
        ((end.x - start.x) * std::cos(angle) + (end.y - start.y) * std::sin(angle));
    EXPECT_GT(along / reach, 0.8) << angle;
  }
}

TEST(DrawWanderer, ThinLineIsFainterAndBranchesAddToIt) {
  const auto drawn = [](double width_mm, int depth) {
    cv::Mat1f layer = Empty();
    RandomStream random(9);
    DrawWanderer(layer, kGrid, random, {20, 50}, 0, 110, width_mm, 0.6, depth);
    return layer;
  };
  double thin = 0, thick = 0;
  cv::minMaxLoc(drawn(0.25, 0), nullptr, &thin);  // half a pixel
  cv::minMaxLoc(drawn(3, 0), nullptr, &thick);
  EXPECT_NEAR(thin, 0.3, 1e-6);
  EXPECT_NEAR(thick, 0.6, 1e-6);
  EXPECT_GT(cv::countNonZero(drawn(3, 0)), 4 * cv::countNonZero(drawn(0.25, 0)) / 2);
  EXPECT_GT(cv::countNonZero(drawn(0.25, 3)), cv::countNonZero(drawn(0.25, 0)));
}

}  // namespace
}  // namespace mhcnn::phantom
