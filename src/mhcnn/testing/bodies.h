#pragma once

#include <opencv2/imgproc.hpp>

#include "mhcnn/phantom/body.h"

namespace mhcnn::testing_support {

/// Returns a half disc of tissue at the chest wall, 100 mm high.
inline phantom::Body HalfDisc(const phantom::Grid& grid) {
  phantom::Body body;
  body.inside = Mask(grid.height, grid.width, uchar{0});
  cv::circle(body.inside, {0, grid.height / 2}, 80, cv::Scalar(255), cv::FILLED);
  cv::Mat1f distance;
  cv::distanceTransform(body.inside, distance, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  body.skin_mm = distance * grid.mm;
  body.nipple = {static_cast<float>(80 * grid.mm), static_cast<float>(grid.HeightMm() / 2)};
  return body;
}

}  // namespace mhcnn::testing_support
