#include "mhcnn/image/mask.h"

#include <opencv2/imgproc.hpp>

namespace mhcnn {

Mask ResizeMask(const Mask& mask, cv::Size size) {
  if (mask.empty() || mask.size() == size) return mask.clone();
  cv::Mat1b resized;
  cv::resize(mask, resized, size, 0, 0, size.width < mask.cols ? cv::INTER_AREA : cv::INTER_LINEAR);
  Mask binary;
  cv::compare(resized, 127, binary, cv::CMP_GT);
  return binary;
}

}  // namespace mhcnn
