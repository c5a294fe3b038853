#include "mhcnn/image/percent_density.h"

namespace mhcnn {

std::optional<double> PercentDensity(const Mask& breast, const Mask& dense) {
  if (breast.empty() || breast.size() != dense.size()) return std::nullopt;
  const int area = cv::countNonZero(breast);
  if (area == 0) return std::nullopt;
  return 100.0 * cv::countNonZero(dense & breast) / area;
}

}  // namespace mhcnn
