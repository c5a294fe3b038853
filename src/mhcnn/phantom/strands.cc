#include "mhcnn/phantom/strands.h"

#include <algorithm>
#include <cmath>

namespace mhcnn::phantom {

Flow MakeFlow(const cv::Point2f& point, const cv::Mat1f& x, const cv::Mat1f& y) {
  constexpr float kNaturalMm = 90;
  Flow flow{.along = cv::Mat1f(x.size()), .across = cv::Mat1f(x.size())};
  for (int r = 0; r < x.rows; ++r) {
    for (int c = 0; c < x.cols; ++c) {
      const float dx = point.x - x(r, c), dy = y(r, c) - point.y;
      const float distance = std::max(2.f, std::sqrt(dx * dx + dy * dy));
      flow.along(r, c) = kNaturalMm * std::log(distance / kNaturalMm);
      flow.across(r, c) = kNaturalMm * std::atan2(dy, dx);
    }
  }
  return flow;
}

cv::Mat1f SampleAlongFlow(const NoiseTile& tile, const Flow& flow, const FlowNoise& d) {
  const double cosine = std::cos(d.angle) * d.scale, sine = std::sin(d.angle) * d.scale;
  const cv::Mat1f u =
      (flow.along * cosine + flow.across * sine) * (1 / d.stretch) + (d.shift_mm + 500);
  const cv::Mat1f v = flow.across * cosine - flow.along * sine + (2 * d.shift_mm + 500);
  return tile.Sample(u, v);
}

cv::Mat1f Ridges(const cv::Mat1f& noise, double thin) {
  cv::Mat1f out(noise.size());
  const auto inverse = static_cast<float>(1 / thin);
  for (int r = 0; r < noise.rows; ++r) {
    for (int c = 0; c < noise.cols; ++c) {
      const float t = noise(r, c) * inverse;
      const float ridge = 1 / (1 + t * t);
      out(r, c) = ridge * ridge;
    }
  }
  return out;
}

}  // namespace mhcnn::phantom
