#pragma once

#include <opencv2/core.hpp>

namespace mhcnn {

/// The exposed part of a picture (grey values about 0..1): what is left when strips along the sides
/// are taken away that are no part of the exposure: white borders of scanned film, a collimator's
/// shadow, the black bed of a scanner around the film. A strip is at most a sixth of the side, of
/// one grey value along its whole length, and ends in a step.
cv::Rect FindExposedFrame(const cv::Mat1f& unit);

}  // namespace mhcnn
