#pragma once

#include "mhcnn/phantom/body.h"

namespace mhcnn::phantom {

/// Pixels of the body that a reader can tell from the background of `image` (0..1, canonical
/// orientation). Film blackens and windows cut off the thin periphery: what is lost there from the
/// outside inwards is not outlined, and a network that learned to outline it would guess.
Mask Visible(const cv::Mat1f& image, const Body& body, const Grid& grid);

}  // namespace mhcnn::phantom
