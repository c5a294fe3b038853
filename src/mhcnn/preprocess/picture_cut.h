#pragma once

#include <array>

#include "mhcnn/image/mammogram.h"
#include "mhcnn/preprocess/constant_border.h"

namespace mhcnn {

/// Sides at which a band of one value cuts straight across the breast. `region` is the breast in
/// border.inner, at any scale; the cut at the chest wall's side is where every mammogram ends and
/// padding begins, and bands of equal width above and below are padding too.
std::array<bool, 4> CutSides(const ConstantBorder& border, const Mask& region);

}  // namespace mhcnn
