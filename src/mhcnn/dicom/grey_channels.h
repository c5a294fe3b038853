#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace mhcnn {

/// The grey picture that colour channels hold: the first of three equal ones (RGB), or luminance
/// beside chroma that is neutral throughout (YBR). The samples tell which, since labels are often
/// wrong. `width` is the bits of a sample. Chroma may have fewer pixels. Throws Error(kUnsupported)
/// where there is colour.
cv::Mat1w GreyOfChannels(const std::vector<cv::Mat1w>& channels, int width);

}  // namespace mhcnn
