#pragma once

#include <opencv2/core.hpp>

namespace mhcnn {

/// A range of grey values.
struct ValueRange {
  double low = 0, high = 0;  ///< grey values
};

/// Returns the value below which a fraction (0..1) of a picture's pixels lie.
double Quantile(const cv::Mat& picture, double fraction);
/// Returns the values that cut off the fraction `low_tail` of the pixels below, `high_tail` above.
ValueRange RobustRange(const cv::Mat& picture, double low_tail, double high_tail);

}  // namespace mhcnn
