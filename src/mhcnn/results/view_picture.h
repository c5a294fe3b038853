#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// A picture in 8-bit grey at another size, its grey values stretched from the darkest to the
/// brightest (without the outermost 0.1 and 0.2 %).
cv::Mat1b DisplayGrey(const GreyImage& picture, cv::Size size);
/// A mask at another size; nothing set where the model draws no masks.
Mask MaskAtSize(const Mask& mask, cv::Size size);

/// An image of an exam at the size of a page.
struct ViewPicture {
  /// Grey values for display.
  cv::Mat1b grey;
  Mask breast, dense, pectoral;  ///< of the same size; empty where the model draws no masks

  /// Returns whether there is no picture.
  bool empty() const { return grey.empty(); }
};

/// Of a picture and its LabelMap, which may be empty. `long_side`: pixels of the longer side at
/// most.
ViewPicture MakeViewPicture(const GreyImage& picture, const cv::Mat1b& labels,
                            int long_side = 1400);

}  // namespace mhcnn
