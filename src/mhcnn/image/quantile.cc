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

/// Returns a quantile of the values; changes their order.
double SelectQuantile(std::vector<float>& values, double fraction) {
  const auto nth = values.begin() +
                   static_cast<std::ptrdiff_t>(fraction * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace

double Quantile(const cv::Mat& picture, double fraction) {
  auto values = Values(picture);
  return SelectQuantile(values, fraction);
}

ValueRange RobustRange(const cv::Mat& picture, double low_tail, double high_tail) {
  auto values = Values(picture);
  const double low = SelectQuantile(values, low_tail);
  return {low, SelectQuantile(values, 1 - high_tail)};
}

}  // namespace mhcnn
