#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/phantom/field.h"

namespace mhcnn::phantom {

/// Draws a line that wanders from `start` in direction `angle`, thins out and, up to `depth` times
/// over, branches; `strength` in the layer's values. Thinner than a pixel, it is drawn fainter.
void DrawWanderer(cv::Mat1f& layer, const Grid& grid, RandomStream& random, cv::Point2d start,
                  double angle, double length_mm, double width_mm, double strength, int depth);

/// Draws a filled ellipse; `aspect` is its short radius / `radius_mm`.
void DrawDisc(cv::Mat1f& layer, const Grid& grid, const cv::Point2d& centre_mm, double radius_mm,
              double aspect, double angle_deg, double strength);

}  // namespace mhcnn::phantom
