#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "mhcnn/image/labels.h"
#include "mhcnn/phantom/tissue.h"

namespace mhcnn::phantom {
namespace {

/// Detail that a reader does not see when setting a grey value, standard deviation.
constexpr double kReadersEyeMm = 0.5;

/// Sets the connected parts of `mask` under `smallest` pixels to 0.
void RemoveSmallParts(Mask& mask, int smallest) {
  cv::Mat1i labels, stats;
  cv::Mat centroids;
  const int count = cv::connectedComponentsWithStats(mask, labels, stats, centroids, 8, CV_32S);
  std::vector<uchar> keep(static_cast<std::size_t>(count), 0);
  for (int i = 1; i < count; ++i) {
    keep[static_cast<std::size_t>(i)] = stats(i, cv::CC_STAT_AREA) >= smallest ? 255 : 0;
  }
  mask = MapLabels(labels, keep);
}

}  // namespace

Mask ThresholdByGreyValue(const Tissue& tissue, const Grid& grid) {
  if (cv::countNonZero(tissue.dense) == 0) return tissue.dense.clone();
  const Mask fat = tissue.breast & ~tissue.dense;
  const cv::Mat1f smooth = Blur(tissue.gland_fraction, kReadersEyeMm / grid.mm);
  const float densest = Quantile(smooth, tissue.dense, 0.95);
  const float fattiest = cv::countNonZero(fat) > 0 ? Quantile(smooth, fat, 0.5) : 0;
  return (smooth > (densest + fattiest) / 2) & tissue.dense;
}

ThresholdedField ThresholdToPercent(const cv::Mat1f& field, const Mask& breast, double percent,
                                    int smallest_px) {
  const int area = cv::countNonZero(breast);
  const double wanted = std::clamp(percent, 0.0, 100.0) / 100;
  double fraction = wanted;  // of pixels above the threshold before islands and holes go
  ThresholdedField out;
  Mask& dense = out.mask;
  for (int round = 0; round < 4; ++round) {
    out.threshold = Quantile(field, breast, 1 - fraction);
    dense = (field > out.threshold) & breast;
    if (area == 0 || wanted == 0) {
      dense.setTo(0);
      break;
    }
    RemoveSmallParts(dense, smallest_px);
    Mask holes = breast & ~dense;
    RemoveSmallParts(holes, smallest_px);
    dense = breast & ~holes;
    const double got = static_cast<double>(cv::countNonZero(dense)) / area;
    if (std::abs(got - wanted) < 0.002) break;
    fraction = std::clamp(fraction + (wanted - got), 0.0, 1.0);
  }
  return out;
}

}  // namespace mhcnn::phantom
