#include "mhcnn/image/labels.h"

namespace mhcnn {

Mask MapLabels(const cv::Mat1i& labels, const std::vector<uchar>& values) {
  Mask mask(labels.size());
  for (int r = 0; r < labels.rows; ++r) {
    for (int c = 0; c < labels.cols; ++c) {
      mask(r, c) = values[static_cast<std::size_t>(labels(r, c))];
    }
  }
  return mask;
}

}  // namespace mhcnn
