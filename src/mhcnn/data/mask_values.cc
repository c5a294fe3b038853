#include "mhcnn/data/mask_values.h"

#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

/// An area of its own without its rim, as a fraction of what is not 0. Edges have no inside.
constexpr double kOneValue = 0.01;
/// A label map has few values; an edge that was resampled has many.
constexpr std::size_t kMaxLabels = 64;
/// Highest value of a mask of small numbers, for which all values between the ends are counted.
constexpr int kSmallNumbers = 16;

}  // namespace

MaskValues CountMaskValues(const GreyImage& picture) {
  std::vector<int> histogram(1 << 16);
  for (const auto value : picture) ++histogram[value];
  std::map<int, int> counts;
  for (std::size_t value = 0; value < histogram.size(); ++value) {
    if (histogram[value] > 0) counts[static_cast<int>(value)] = histogram[value];
  }
  MaskValues found;
  if (counts.empty()) return found;
  const int highest = counts.rbegin()->first;
  const double any = static_cast<double>(picture.total()) - counts[0];
  const int margin = highest <= kSmallNumbers ? 0 : highest / 10;
  double between = 0;
  for (const auto& [value, count] : counts) {
    if (value <= margin || value >= highest - margin) continue;
    between += count;
    if (counts.size() > kMaxLabels || count <= kOneValue * any) continue;
    cv::Mat inside;
    cv::erode(picture == value, inside, cv::Mat());
    if (cv::countNonZero(inside) > kOneValue * any) found.labels.push_back(value);
  }
  if (any > 0) found.between = between / any;
  if (!found.labels.empty()) found.labels.push_back(highest);
  return found;
}

}  // namespace mhcnn
