#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/analyze/result.h"

namespace mhcnn {

/// File format of overlays.
enum class OverlayFormat {
  kPng,   ///< every pixel as it was drawn
  kJpeg,  ///< a quarter of the size, in a sixth of the time
};

/// How overlays are drawn.
struct OverlayOptions {
  int long_side = 1600;  ///< pixels of the drawing's longer side at most, 200 to 20000
  /// Format of the file.
  OverlayFormat format = OverlayFormat::kPng;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// The mammogram with the outlines of breast, dense tissue (tinted) and pectoral muscle, and a
/// panel with percent, category and the notice "research tool, not a medical device", set outside
/// the breast: in the corner that is free, or below the picture where none is. 8-bit BGR.
cv::Mat3b DrawOverlay(const GreyImage& picture, const Result& result,
                      const OverlayOptions& options = {});

/// Encodes an overlay as a file that says of itself that it is one (kOverlaySoftware,
/// kOverlayComment), so that no later run measures it. Throws Error(kInternal).
std::vector<std::uint8_t> EncodeOverlay(const cv::Mat3b& overlay, OverlayFormat format);
/// Extension of overlay files: ".png" or ".jpg".
const char* OverlayExtension(OverlayFormat format);

/// One 8-bit picture with the masks at the picture's size: 0 background, 85 breast, 170 dense, 255
/// pectoral muscle.
cv::Mat1b LabelMap(const Result& result);
/// A mask of the result at the picture's size; empty where the result has no masks.
Mask AtPictureSize(const Mask& mask, const Result& result);

}  // namespace mhcnn
