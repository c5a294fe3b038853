#pragma once

#include "mhcnn/phantom/body.h"

namespace mhcnn::phantom {

/// Returns how likely tissue is dense: a smooth field over the breast, about -9..1, by the woman's
/// pattern; less under the skin, before the muscle, in the axilla and the abdomen.
cv::Mat1f PatternField(const Anatomy& woman, const ViewPlan& plan, const Body& body,
                       const Grid& grid, RandomStream& random);

}  // namespace mhcnn::phantom
