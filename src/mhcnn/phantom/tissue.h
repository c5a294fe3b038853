#pragma once

#include "mhcnn/phantom/body.h"

namespace mhcnn::phantom {

/// Tissue of the breast, and the reference of its dense area.
struct Tissue {
  Mask breast;  ///< tissue without the pectoral muscle and an implant
  Mask dense;   ///< inside `breast`: regions as a reader would outline them
  /// Glandular part of the path not in muscle, 0..1, with fine structure.
  cv::Mat1f gland_fraction;
};

/// Makes the tissue of one picture. `implant` is the mask of an implant; it may be empty.
Tissue MakeTissue(const Anatomy& woman, const ViewPlan& plan, const Body& body, const Grid& grid,
                  const Mask& implant, const StreamSource& streams);

/// Returns the part of `tissue.dense` that a reader marks by choosing a grey value. The gland
/// fraction is smoothed over 0.5 mm. A pixel is marked if its value is above the middle of two
/// others: the 95th percentile in `dense`, and the median of the fat outside it.
Mask ThresholdByGreyValue(const Tissue& tissue, const Grid& grid);

/// A field cut at a threshold.
struct ThresholdedField {
  float threshold = 0;  ///< value above which a pixel is kept
  Mask mask;            ///< pixels kept, without small islands and holes
};
/// Thresholds `field` inside `breast` so that `percent` of it is kept, after islands and holes
/// smaller than `smallest_px` are removed.
ThresholdedField ThresholdToPercent(const cv::Mat1f& field, const Mask& breast, double percent,
                                    int smallest_px);

}  // namespace mhcnn::phantom
