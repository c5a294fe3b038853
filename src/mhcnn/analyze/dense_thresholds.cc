#include "mhcnn/analyze/dense_thresholds.h"

#include <cstddef>

namespace mhcnn {

std::optional<PercentByThreshold> MeasurePercentByThreshold(const cv::Mat1f& dense,
                                                            const Mask& breast) {
  std::array<std::size_t, kDenseThresholds.size()> highest{};  // pixels by the last one they exceed
  std::size_t area = 0;
  for (int y = 0; y < breast.rows; ++y) {
    for (int x = 0; x < breast.cols; ++x) {
      if (breast(y, x) == 0) continue;
      ++area;
      std::size_t exceeded = 0;
      while (exceeded < kDenseThresholds.size() &&
             dense(y, x) > static_cast<float>(kDenseThresholds[exceeded]))
        ++exceeded;
      if (exceeded > 0) ++highest[exceeded - 1];
    }
  }
  if (area == 0) return std::nullopt;
  PercentByThreshold percent_densities{};
  std::size_t above = 0;
  for (std::size_t i = kDenseThresholds.size(); i-- > 0;) {
    above += highest[i];
    percent_densities[i] = 100 * static_cast<double>(above) / static_cast<double>(area);
  }
  return percent_densities;
}

}  // namespace mhcnn
