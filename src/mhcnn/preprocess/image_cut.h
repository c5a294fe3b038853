#pragma once

#include <array>

#include "mhcnn/image/mammogram.h"
#include "mhcnn/preprocess/constant_border.h"

namespace mhcnn {

/// Returns the sides at which a band of one value cuts straight across the breast. `region` is the
/// breast in border.inner, at any scale. At the chest wall's side every mammogram ends and padding
/// begins, and bands of equal width above and below are padding too: these are not cuts.
std::array<bool, 4> FindCutSides(const ConstantBorder& border, const Mask& region);

}  // namespace mhcnn
