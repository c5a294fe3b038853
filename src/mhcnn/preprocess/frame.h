#pragma once

#include <opencv2/core.hpp>

namespace mhcnn {

/// Returns the exposed part of a picture (grey values about 0..1), without the strips along the
/// sides that are not part of the exposure: white borders of scanned film, a collimator's shadow,
/// the black bed of a scanner around the film. A strip is at most a sixth of the side, has one grey
/// value along its whole length, and ends in a step.
cv::Rect FindExposedFrame(const cv::Mat1f& unit);

}  // namespace mhcnn
