#pragma once

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// What each pixel is: at most one of breast and pectoral muscle; dense lies inside breast.
struct TissueMasks {
  /// Masks of one size.
  Mask breast, dense, pectoral;
};

/// Cuts the network's maps (probabilities, all of one size) at `threshold`. Where breast and muscle
/// both claim a pixel, the surer one has it. The breast is the largest part, without holes under 2
/// % of it: tissue has none, but an implant left out is larger. Islands of muscle under a tenth of
/// its largest part go.
TissueMasks BinarizeProbabilityMaps(const cv::Mat1f& breast, const cv::Mat1f& dense,
                                    const cv::Mat1f& pectoral, double threshold);

}  // namespace mhcnn
