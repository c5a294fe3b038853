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

/// Options of the drawing of overlays.
struct OverlayOptions {
  int long_side = 1600;  ///< largest length of the longer side in pixels, 200 to 20000
  /// Format of the file.
  OverlayFormat format = OverlayFormat::kPng;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Draws the mammogram with the outlines of breast, dense tissue (tinted) and pectoral muscle, and
/// a panel with percent, category and the notice "research tool, not a medical device", set outside
/// the breast: in a free corner, or below the image if there is none. Returns 8-bit BGR.
cv::Mat3b DrawOverlay(const GreyImage& picture, const Result& result,
                      const OverlayOptions& options = {});

/// Encodes an overlay as a file that is marked as one (kOverlaySoftware, kOverlayComment), so that
/// no later run measures it. Throws Error(kInternal).
std::vector<std::uint8_t> EncodeOverlay(const cv::Mat3b& overlay, OverlayFormat format);
/// Returns the extension of overlay files: ".png" or ".jpg".
const char* OverlayExtension(OverlayFormat format);

/// Returns an 8-bit image with the masks at the image's size: 0 background, 85 breast, 170 dense,
/// 255 pectoral muscle.
cv::Mat1b LabelMap(const Result& result);
/// Returns a mask of the result at the image's size; empty if the result has no masks.
Mask ResizeToImage(const Mask& mask, const Result& result);

}  // namespace mhcnn
