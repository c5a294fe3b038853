#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace mhcnn {

/// Returns the grey picture that colour channels contain: the first of equal ones (RGB), or
/// luminance with chroma that is neutral throughout (YBR). The samples show which, since labels are
/// often wrong. `width` is the bits of a sample. Chroma may have fewer pixels. Throws
/// Error(kUnsupported) where there is colour.
cv::Mat1w MergeGreyChannels(const std::vector<cv::Mat1w>& channels, int width);

}  // namespace mhcnn
