#include "mhcnn/results/view_picture.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "mhcnn/image/mask.h"
#include "mhcnn/image/quantile.h"
#include "mhcnn/image/tissue_label.h"

namespace mhcnn {

cv::Mat1b DisplayGrey(const GreyImage& picture, cv::Size size) {
  cv::Mat small;
  cv::resize(picture, small, size, 0, 0, cv::INTER_AREA);
  const ValueRange range = RobustRange(small, 0.001, 0.002);
  const double low = range.low, high = std::max(low + 1, range.high);
  cv::Mat1b grey;
  small.convertTo(grey, CV_8U, 255 / (high - low), -low * 255 / (high - low));
  return grey;
}

Mask ResizeMaskOrZero(const Mask& mask, cv::Size size) {
  return mask.empty() ? Mask::zeros(size) : ResizeMask(mask, size);
}

ViewPicture MakeViewPicture(const GreyImage& picture, const cv::Mat1b& labels, int long_side) {
  if (picture.empty()) return {};
  const double scale =
      std::min(1.0, static_cast<double>(long_side) / std::max(picture.rows, picture.cols));
  const cv::Size size(std::max(1, cvRound(picture.cols * scale)),
                      std::max(1, cvRound(picture.rows * scale)));
  ViewPicture view;
  view.grey = DisplayGrey(picture, size);
  if (labels.empty()) return view;
  const TissueRegions masks = SplitLabelMap(labels);
  view.breast = ResizeMaskOrZero(masks.breast, size);
  view.dense = ResizeMaskOrZero(masks.dense, size);
  view.pectoral = ResizeMaskOrZero(masks.pectoral, size);
  return view;
}

}  // namespace mhcnn
