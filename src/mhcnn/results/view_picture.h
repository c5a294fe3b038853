#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Returns an image in 8-bit grey at another size, its grey values stretched from the darkest to
/// the brightest (without the outermost 0.1 and 0.2 %).
cv::Mat1b DisplayGrey(const GreyImage& picture, cv::Size size);
/// Returns a mask at another size; all pixels are 0 if the model draws no masks.
Mask ResizeMaskOrZero(const Mask& mask, cv::Size size);

/// An image of an exam at the size of a page.
struct ViewPicture {
  /// Grey values for display.
  cv::Mat1b grey;
  Mask breast, dense, pectoral;  ///< masks of the same size; empty if the model draws none

  /// Returns whether there is no picture.
  bool empty() const { return grey.empty(); }
};

/// Makes it of an image and its LabelMap, which may be empty. `long_side`: largest length of the
/// longer side in pixels.
ViewPicture MakeViewPicture(const GreyImage& picture, const cv::Mat1b& labels,
                            int long_side = 1400);

}  // namespace mhcnn
