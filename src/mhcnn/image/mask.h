#pragma once

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Brings a mask to another size: area averages where it becomes narrower, else linear
/// interpolation; a pixel is set where the result is above 127 of 255. A missing mask (`empty()`)
/// stays empty, and a mask of that size is copied.
Mask ResizeMask(const Mask& mask, cv::Size size);

}  // namespace mhcnn
