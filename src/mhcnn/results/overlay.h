#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/analyze/result.h"

namespace mhcnn {

/// How overlays are drawn.
struct OverlayOptions {
  int long_side = 1600;  ///< pixels of the drawing's longer side at most, 200 to 20000

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// The mammogram with the outlines of breast, dense tissue (tinted) and pectoral muscle, and a
/// panel with percent, category and the notice "research tool, not a medical device", set outside
/// the breast: in the corner that is free, or below the picture where none is. 8-bit BGR.
cv::Mat3b DrawOverlay(const GreyImage& picture, const Result& result,
                      const OverlayOptions& options = {});

/// One 8-bit picture with the masks at the picture's size: 0 background, 85 breast, 170 dense, 255
/// pectoral muscle.
cv::Mat1b LabelMap(const Result& result);
/// A mask of the result at the picture's size; empty where the result has no masks.
Mask AtPictureSize(const Mask& mask, const Result& result);

}  // namespace mhcnn
