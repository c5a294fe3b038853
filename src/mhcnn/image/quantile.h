#pragma once

#include <opencv2/core.hpp>

namespace mhcnn {

/// A range of grey values.
struct ValueRange {
  double low = 0, high = 0;  ///< grey values
};

/// The value below which a share (0..1) of a picture's pixels lie.
double Quantile(const cv::Mat& picture, double share);
/// The values that cut off `low_tail` of the pixels below and `high_tail` above (shares).
ValueRange RobustRange(const cv::Mat& picture, double low_tail, double high_tail);

}  // namespace mhcnn
