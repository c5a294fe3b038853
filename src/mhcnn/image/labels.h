#pragma once

#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// The mask whose pixels have the value of their label, as cv::connectedComponents numbers them;
/// `values` holds one for each label, 0 (the background) included.
Mask ByLabel(const cv::Mat1i& labels, const std::vector<uchar>& values);

}  // namespace mhcnn
