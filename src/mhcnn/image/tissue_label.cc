#include "mhcnn/image/tissue_label.h"

namespace mhcnn {

bool IsTissueLabel(int value) {
  for (const TissueLabel label : {TissueLabel::kBackground, TissueLabel::kBreast,
                                  TissueLabel::kDense, TissueLabel::kPectoral}) {
    if (value == static_cast<int>(label)) return true;
  }
  return false;
}

cv::Mat1b MakeLabelMap(cv::Size size, const TissueRegions& regions) {
  cv::Mat1b labels(size, static_cast<uchar>(TissueLabel::kBackground));
  const auto set = [&](const Mask& mask, TissueLabel label) {
    if (!mask.empty()) labels.setTo(static_cast<uchar>(label), mask);  // an empty one would set all
  };
  set(regions.breast, TissueLabel::kBreast);
  set(regions.dense, TissueLabel::kDense);
  set(regions.pectoral, TissueLabel::kPectoral);
  return labels;
}

TissueRegions SplitLabelMap(const cv::Mat1b& labels) {
  const Mask dense = SelectLabel(labels, TissueLabel::kDense);
  return {SelectLabel(labels, TissueLabel::kBreast) | dense, dense,
          SelectLabel(labels, TissueLabel::kPectoral)};
}

Mask SelectLabel(const cv::Mat1b& labels, TissueLabel label) {
  return labels == static_cast<int>(label);
}

}  // namespace mhcnn
