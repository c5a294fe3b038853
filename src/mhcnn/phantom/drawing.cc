#include "mhcnn/phantom/drawing.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mhcnn::phantom {
namespace {

constexpr int kShift = 6;

cv::Point ToPixel(const cv::Point2d& mm, const Grid& grid) {
  return {static_cast<int>(std::lround((mm.x / grid.mm - 0.5) * (1 << kShift))),
          static_cast<int>(std::lround((mm.y / grid.mm - 0.5) * (1 << kShift)))};
}

}  // namespace

void DrawWanderer(cv::Mat1f& layer, const Grid& grid, RandomStream& random, cv::Point2d start,
                  double angle, double length_mm, double width_mm, double strength, int depth) {
  const double step = 2;
  double turn = 0;
  cv::Point2d at = start;
  for (double walked = 0; walked < length_mm; walked += step) {
    turn = 0.85 * turn + random.Normal(0, 0.03);
    angle += turn;
    const cv::Point2d next(at.x + step * std::cos(angle), at.y + step * std::sin(angle));
    const double width = width_mm * (1 - 0.6 * walked / length_mm) / grid.mm;
    const int thickness = std::max(1, static_cast<int>(std::lround(width)));
    cv::line(layer, ToPixel(at, grid), ToPixel(next, grid),
             cv::Scalar(strength * std::min(1.0, width)), thickness, cv::LINE_8, kShift);
    at = next;
    if (depth > 0 && random.Chance(step / 35)) {
      DrawWanderer(layer, grid, random, at, angle + (random.Chance(0.5) ? 0.6 : -0.6),
                   (length_mm - walked) * 0.6, width_mm * 0.7, strength, depth - 1);
    }
  }
}

void DrawDisc(cv::Mat1f& layer, const Grid& grid, const cv::Point2d& centre, double radius_mm,
              double aspect, double angle_deg, double strength) {
  const auto scale = static_cast<double>(1 << kShift) / grid.mm;
  // Smaller than a pixel: fainter instead.
  const double pixels = CV_PI * radius_mm * radius_mm * aspect / (grid.mm * grid.mm);
  cv::ellipse(layer, ToPixel(centre, grid),
              cv::Size(std::max(1, static_cast<int>(radius_mm * scale)),
                       std::max(1, static_cast<int>(radius_mm * aspect * scale))),
              angle_deg, 0, 360, cv::Scalar(strength * std::min(1.0, pixels)), cv::FILLED,
              cv::LINE_8, kShift);
}

}  // namespace mhcnn::phantom
