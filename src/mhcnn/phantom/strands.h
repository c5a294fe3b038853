#pragma once

#include "mhcnn/phantom/field.h"

namespace mhcnn::phantom {

/// Coordinates in which ducts, septa and ligaments run straight: towards a point beyond the nipple.
/// Log-polar about it and thus conformal: turned by an angle, lines everywhere stray by that angle.
struct Flow {
  cv::Mat1f along;   ///< mm, natural size at 90 mm from the point
  cv::Mat1f across;  ///< mm, likewise
};
/// `x`, `y`: positions of the pixels, mm.
Flow FlowTo(const cv::Point2f& point, const cv::Mat1f& x, const cv::Mat1f& y);

/// How noise is laid along a flow.
struct Drawn {
  double angle;     ///< off the flow, rad
  double stretch;   ///< length for width
  double scale;     ///< above 1: finer
  double shift_mm;  ///< offset within the noise
};
/// Returns the noise of a tile, laid along a flow.
cv::Mat1f AlongFlow(const NoiseTile& tile, const Flow& flow, const Drawn& drawn);

/// Thin lines where `noise` crosses zero, 1 on the line, 0.25 where |noise| = `thin`.
cv::Mat1f Ridges(const cv::Mat1f& noise, double thin);

}  // namespace mhcnn::phantom
