#pragma once

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Masks of the tissues: a pixel is at most one of breast and pectoral; dense is inside breast.
struct TissueMasks {
  /// Masks of one size.
  Mask breast, dense, pectoral;
};

/// Cuts the network's maps (probabilities, all of one size) at `threshold`. A pixel of both breast
/// and muscle gets the class of higher probability. The breast is the largest part, without holes
/// under 2 % of it: tissue has none, but an implant left out is larger. Islands of muscle under a
/// tenth of its largest part are removed.
TissueMasks BinarizeProbabilityMaps(const cv::Mat1f& breast, const cv::Mat1f& dense,
                                    const cv::Mat1f& pectoral, double threshold);

}  // namespace mhcnn
