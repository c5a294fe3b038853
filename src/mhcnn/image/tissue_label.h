#pragma once

#include <cstdint>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Values of a label map's pixels: a picture that contains one tissue for each pixel.
enum class TissueLabel : std::uint8_t {
  kBackground = 0,
  kBreast = 85,  ///< breast that is not dense
  kDense = 170,
  kPectoral = 255,
};

/// Returns whether a pixel of a label map can have this value.
bool IsTissueLabel(int value);

/// Masks of a label map. A dense pixel is in `breast` too.
struct TissueRegions {
  /// Masks of the map's size.
  Mask breast, dense, pectoral;
};

/// Makes a label map of this size. Where masks overlap, dense tissue has priority over breast, and
/// pectoral muscle over both. A missing mask (`empty()`) marks nothing; the others have the map's
/// size.
cv::Mat1b MakeLabelMap(cv::Size size, const TissueRegions& regions);
/// Splits a label map into masks of its size.
TissueRegions SplitLabelMap(const cv::Mat1b& labels);
/// Returns the mask of the pixels with one label.
Mask SelectLabel(const cv::Mat1b& labels, TissueLabel label);

}  // namespace mhcnn
