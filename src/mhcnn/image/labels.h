#pragma once

#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Returns the mask whose pixels have the value of their label, as cv::connectedComponents numbers
/// them; `values` contains one value for each label, 0 (the background) included.
Mask MapLabels(const cv::Mat1i& labels, const std::vector<uchar>& values);

}  // namespace mhcnn
