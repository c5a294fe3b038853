#pragma once

#include <opencv2/core.hpp>

namespace mhcnn {

/// Distance between the centres of neighbouring rows and of neighbouring columns, in mm; 1 and 1
/// give distances in pixels.
struct PixelSpacing {
  double row = 1, column = 1;  ///< distances of neighbouring rows and columns
};

/// Returns the exact Euclidean distance, in the unit of `spacing`, of every pixel's centre to the
/// centre of the nearest non-zero pixel of `set`; infinite everywhere if there is none. Separable,
/// linear time (Felzenszwalb & Huttenlocher, "Distance transforms of sampled functions", Theory of
/// Computing 8, 2012); cv::distanceTransform supports only one spacing for both axes. Throws
/// Error(kUsage) if a spacing is not above 0.
cv::Mat1d EuclideanDistance(const cv::Mat1b& set, PixelSpacing spacing = {});

}  // namespace mhcnn
