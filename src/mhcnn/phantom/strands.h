#pragma once

#include "mhcnn/phantom/field.h"

namespace mhcnn::phantom {

/// Coordinates in which ducts, septa and ligaments run straight: towards a point beyond the nipple.
/// Log-polar about it and thus conformal: turned by an angle, lines everywhere stray by that angle.
struct Flow {
  cv::Mat1f along;   ///< mm, natural size at 90 mm from the point
  cv::Mat1f across;  ///< mm, likewise
};
/// Makes a flow. `x`, `y`: positions of the pixels, mm.
Flow MakeFlow(const cv::Point2f& point, const cv::Mat1f& x, const cv::Mat1f& y);

/// Placement of noise along a flow.
struct FlowNoise {
  double angle;     ///< angle to the flow, rad
  double stretch;   ///< length / width
  double scale;     ///< above 1: finer
  double shift_mm;  ///< offset within the noise
};
/// Returns the noise of a tile, laid along a flow.
cv::Mat1f SampleAlongFlow(const NoiseTile& tile, const Flow& flow, const FlowNoise& noise);

/// Returns thin lines where `noise` crosses zero, 1 on the line, 0.25 where |noise| = `thin`.
cv::Mat1f Ridges(const cv::Mat1f& noise, double thin);

}  // namespace mhcnn::phantom
