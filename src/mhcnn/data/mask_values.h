#pragma once

#include <map>
#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Grey values of an image that is to be a mask: two values, with other values between them along
/// its edges only.
struct MaskValues {
  /// Values of separate areas, the highest last, if there are several: a label map. Empty for a
  /// mask.
  std::vector<int> labels;
  /// Fraction of the pixels other than 0 that are neither dark nor bright.
  double between = 0;
};
/// Counts the values.
MaskValues CountMaskValues(const GreyImage& picture);

}  // namespace mhcnn
