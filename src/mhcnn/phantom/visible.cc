#include "mhcnn/phantom/visible.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "mhcnn/image/labels.h"

namespace mhcnn::phantom {
namespace {

/// The least difference of grey seen, fraction of the range: six of 255 steps.
constexpr double kMinDifference = 0.025;
/// Tissue further inside is never taken for background, mm from the skin line.
constexpr float kDeepestMm = 30;

}  // namespace

Mask FindVisiblePixels(const cv::Mat1f& image, const Body& body, const Grid& grid) {
  const Mask outside = ~body.inside;
  if (cv::countNonZero(outside) < 100) return body.inside.clone();
  const cv::Mat1f smooth = Blur(image, 0.8 / grid.mm);
  // The background's own unevenness is not seen as tissue either.
  const double dark = Quantile(smooth, outside, 0.5),
               spread = Quantile(smooth, outside, 0.84) - dark;
  const Mask lost = (smooth < dark + std::max(kMinDifference, 2 * spread)) & body.inside &
                    (body.skin_mm < kDeepestMm);
  cv::Mat1i labels;
  const int count = cv::connectedComponents(lost | outside, labels, 4, CV_32S);
  std::vector<uchar> open(static_cast<std::size_t>(count), 0);
  for (int r = 0; r < labels.rows; ++r) {
    for (int c = 0; c < labels.cols; ++c) {
      if (outside(r, c)) open[static_cast<std::size_t>(labels(r, c))] = 255;
    }
  }
  cv::Mat1f visible;
  Mask(body.inside & ~(lost & MapLabels(labels, open))).convertTo(visible, CV_32F, 1 / 255.0);
  // As a hand would draw it: without slivers.
  return (Blur(visible, 1.5 / grid.mm) > 0.45f) & body.inside;
}

}  // namespace mhcnn::phantom
