#include "mhcnn/image/mask.h"

#include <opencv2/imgproc.hpp>

namespace mhcnn {

Mask ResizeMask(const Mask& mask, cv::Size size) {
  if (mask.empty() || mask.size() == size) return mask.clone();
  cv::Mat1b resized;
  cv::resize(mask, resized, size, 0, 0, size.width < mask.cols ? cv::INTER_AREA : cv::INTER_LINEAR);
  Mask binary;
  cv::Mat(resized > 127).copyTo(binary);
  return binary;
}

}  // namespace mhcnn
