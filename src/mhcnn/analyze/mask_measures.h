#pragma once

#include "mhcnn/analyze/result.h"
#include "mhcnn/image/mask.h"

namespace mhcnn {

/// Sets the percent density and the areas (cm2) of a result from its masks, its size and its pixel
/// spacing; without a spacing there are no areas and the flag is `spacing_missing`. Throws
/// Error(kOutOfScope) if the breast covers less than 0.5 % of the image.
void MeasureAreas(Result& result);

/// Returns the intersection over union of the network's outline (breast and muscle) and of a breast
/// region that was found by intensity; 0 if both are empty. The two work by different means, so a
/// low value is a warning that one of them is wrong.
double MeasureOutlineAgreement(const Result& result, const Mask& region);

}  // namespace mhcnn
