#pragma once

#include <cstdint>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Values of a label map's pixels: a picture that holds one tissue for each pixel.
enum class TissueLabel : std::uint8_t {
  kBackground = 0,
  kBreast = 85,  ///< breast that is not dense
  kDense = 170,
  kPectoral = 255,
};

/// Whether a pixel of a label map can have this value.
bool IsTissueLabel(int value);

/// The masks that a label map holds. A dense pixel lies in `breast` too.
struct TissueRegions {
  /// Masks of the map's size.
  Mask breast, dense, pectoral;
};

/// Makes a label map of this size. Where masks overlap, dense tissue goes before breast and
/// pectoral muscle before both. A mask that is missing (`empty()`) marks nothing; the others have
/// the map's size.
cv::Mat1b MakeLabelMap(cv::Size size, const TissueRegions& regions);
/// Splits a label map into masks of its size.
TissueRegions SplitLabelMap(const cv::Mat1b& labels);
/// The pixels with one label.
Mask PixelsOf(const cv::Mat1b& labels, TissueLabel label);

}  // namespace mhcnn
