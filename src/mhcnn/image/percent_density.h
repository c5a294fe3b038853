#pragma once

#include <optional>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Returns the percent density (DICOM 111046): 100 * area(dense AND breast) / area(breast), 0 to
/// 100. The breast is without pectoral muscle. A pixel other than 0 is in a mask. Nothing where the
/// breast has no pixel, a mask is missing (`empty()`), or the two sizes differ: an image without a
/// breast has no density, and 0 would mean that it is all fat.
std::optional<double> PercentDensity(const Mask& breast, const Mask& dense);

}  // namespace mhcnn
