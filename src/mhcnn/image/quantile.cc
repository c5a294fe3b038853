#include "mhcnn/image/quantile.h"

#include <algorithm>
#include <vector>

namespace mhcnn {
namespace {

std::vector<float> Values(const cv::Mat& picture) {
  cv::Mat1f values;
  picture.convertTo(values, CV_32F);
  return {values.begin(), values.end()};
}

/// Reorders `values`.
double At(std::vector<float>& values, double share) {
  const auto nth =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace

double Quantile(const cv::Mat& picture, double share) {
  auto values = Values(picture);
  return At(values, share);
}

ValueRange RobustRange(const cv::Mat& picture, double low_tail, double high_tail) {
  auto values = Values(picture);
  const double low = At(values, low_tail);
  return {low, At(values, 1 - high_tail)};
}

}  // namespace mhcnn
