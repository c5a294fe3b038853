#pragma once

#include <map>
#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// The grey values of a picture that is to be a mask: two, with greys between them along its edges
/// only.
struct MaskValues {
  /// Values of areas of their own, the highest last, where there are several: a label map. Empty
  /// for a mask.
  std::vector<int> labels;
  /// Share of what is not 0 that is neither dark nor bright.
  double between = 0;
};
/// Counts the values.
MaskValues CountMaskValues(const GreyImage& picture);

}  // namespace mhcnn
