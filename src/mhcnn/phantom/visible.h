#pragma once

#include "mhcnn/phantom/body.h"

namespace mhcnn::phantom {

/// Returns the pixels of the body that a reader can distinguish from the background of `image`
/// (0..1, canonical orientation). Film blackens and windows cut off the thin periphery: what is
/// lost there from outside is not outlined, and a network that learned to outline it would guess.
Mask FindVisiblePixels(const cv::Mat1f& image, const Body& body, const Grid& grid);

}  // namespace mhcnn::phantom
