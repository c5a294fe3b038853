#include "mhcnn/analyze/tissue_masks.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "mhcnn/image/labels.h"

namespace mhcnn {
namespace {

constexpr double kLargestHole = 0.02, kSmallestIsland = 0.1;

/// Sets to 0 the components of `mask` smaller than `fraction` of its largest; 1 keeps one.
void KeepLarge(Mask& mask, double fraction) {
  cv::Mat1i labels, stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(mask, labels, stats, centres, 8, CV_32S);
  if (count <= 2) return;
  int best = 1;
  for (int label = 2; label < count; ++label) {
    if (stats(label, cv::CC_STAT_AREA) > stats(best, cv::CC_STAT_AREA)) best = label;
  }
  std::vector<uchar> keep(static_cast<std::size_t>(count), 0);
  for (int label = 1; label < count; ++label) {
    const double least = fraction * stats(best, cv::CC_STAT_AREA);
    keep[static_cast<std::size_t>(label)] =
        label == best || (fraction < 1 && stats(label, cv::CC_STAT_AREA) >= least) ? 255 : 0;
  }
  mask = MapLabels(labels, keep);
}

/// Parts of `outside` that do not reach the frame's edge and have at most `most` pixels.
Mask SmallHoles(const Mask& outside, double most) {
  cv::Mat1i labels, stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(outside, labels, stats, centres, 4, CV_32S);
  std::vector<uchar> hole(static_cast<std::size_t>(count), 0);
  for (int label = 1; label < count; ++label) {
    const int left = stats(label, cv::CC_STAT_LEFT), top = stats(label, cv::CC_STAT_TOP);
    const bool open = left == 0 || top == 0 ||
                      left + stats(label, cv::CC_STAT_WIDTH) == outside.cols ||
                      top + stats(label, cv::CC_STAT_HEIGHT) == outside.rows;
    if (!open && stats(label, cv::CC_STAT_AREA) <= most)
      hole[static_cast<std::size_t>(label)] = 255;
  }
  return MapLabels(labels, hole);
}

}  // namespace

TissueMasks BinarizeProbabilityMaps(const cv::Mat1f& breast, const cv::Mat1f& dense,
                                    const cv::Mat1f& pectoral, double threshold) {
  TissueMasks masks;
  masks.pectoral = (pectoral > threshold) & (pectoral >= breast);
  KeepLarge(masks.pectoral, kSmallestIsland);
  masks.breast = (breast > threshold) & ~masks.pectoral;
  KeepLarge(masks.breast, 1);
  masks.breast |=
      SmallHoles(~(masks.breast | masks.pectoral), kLargestHole * cv::countNonZero(masks.breast));
  masks.dense = (dense > threshold) & masks.breast;
  return masks;
}

}  // namespace mhcnn
