#include "phantom/structures.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace mhcnn::phantom {
namespace {

constexpr int kShift = 6;

cv::Point ToPixel(const cv::Point2d& mm, const Grid& grid) {
  return {static_cast<int>(std::lround((mm.x / grid.mm - 0.5) * (1 << kShift))),
          static_cast<int>(std::lround((mm.y / grid.mm - 0.5) * (1 << kShift)))};
}

/// A line that wanders from `start` in direction `angle` and thins out; strength in the layer's
/// values.
void DrawWanderer(cv::Mat1f& layer, const Grid& grid, RandomStream& random, cv::Point2d start,
                  double angle, double length_mm, double width_mm, double strength, int depth) {
  const double step = 2;
  double turn = 0;
  cv::Point2d at = start;
  for (double walked = 0; walked < length_mm; walked += step) {
    turn = 0.85 * turn + random.Normal(0, 0.035);
    angle += turn;
    const cv::Point2d next(at.x + step * std::cos(angle), at.y + step * std::sin(angle));
    const double width = width_mm * (1 - 0.6 * walked / length_mm) / grid.mm;
    const int thickness = std::max(1, static_cast<int>(std::lround(width)));
    // Thinner than a pixel: fainter instead.
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
  cv::ellipse(layer, ToPixel(centre, grid),
              cv::Size(std::max(1, static_cast<int>(radius_mm * scale)),
                       std::max(1, static_cast<int>(radius_mm * aspect * scale))),
              angle_deg, 0, 360, cv::Scalar(strength), cv::FILLED, cv::LINE_8, kShift);
}

}  // namespace

void AddStructures(cv::Mat1f& gland_share, const Woman& woman, const ViewPlan& plan,
                   const Body& body, const Grid& grid, RandomStream& random) {
  cv::Mat1f layer(gland_share.size(), 0.f);
  const cv::Point2d nipple(body.nipple);
  const auto vessels = static_cast<int>(woman.vessels * random.Uniform(0, 7));
  for (int i = 0; i < vessels; ++i) {
    const cv::Point2d start(random.Uniform(0, 0.6) * plan.depth_mm,
                            random.Uniform(0.1, 0.9) * grid.HeightMm());
    const double angle = std::atan2(nipple.y - start.y, nipple.x - start.x) + random.Normal(0, 0.5);
    DrawWanderer(layer, grid, random, start, angle, random.Uniform(25, 110),
                 random.Uniform(0.4, 1.3), random.Uniform(0.04, 0.18), 2);
  }
  const auto ducts = static_cast<int>(woman.strands * random.Uniform(2, 9));
  for (int i = 0; i < ducts; ++i) {
    DrawWanderer(layer, grid, random, nipple - cv::Point2d(2, 0),
                 std::numbers::pi + random.Normal(0, 0.55), random.Uniform(15, 60),
                 random.Uniform(0.4, 1.2), random.Uniform(0.04, 0.16), 1);
  }
  if (plan.view == View::kMLO && random.Chance(0.3)) {  // lymph nodes of the axilla
    for (std::uint32_t i = 0, n = 1 + random.Integer(3); i < n; ++i) {
      DrawDisc(
          layer, grid,
          {random.Uniform(0.05, 0.7) * plan.depth_mm, random.Uniform(0.02, 0.35) * grid.HeightMm()},
          random.Uniform(2, 8), random.Uniform(0.4, 0.9), random.Uniform(0, 180),
          random.Uniform(0.1, 0.4));
    }
  }
  if (plan.view == View::kMLO && random.Chance(0.2)) {  // folds of skin in the axilla
    for (std::uint32_t i = 0, n = 1 + random.Integer(3); i < n; ++i) {
      DrawWanderer(layer, grid, random, {0, random.Uniform(0, 0.3) * grid.HeightMm()},
                   random.Normal(0, 0.3), random.Uniform(20, 90), random.Uniform(0.6, 2),
                   random.Uniform(0.08, 0.3), 0);
    }
  }
  layer = Blur(layer, std::max(0.35, 0.45 / grid.mm));
  cv::Mat1f sharp(gland_share.size(), 0.f);
  if (random.Chance(0.15)) {  // calcifications: small and very bright
    for (std::uint32_t i = 0, n = 1 + random.Integer(8); i < n; ++i) {
      DrawDisc(
          sharp, grid,
          {random.Uniform(0.1, 0.9) * plan.depth_mm, random.Uniform(0.2, 0.9) * grid.HeightMm()},
          random.Uniform(0.2, 0.7), 1, 0, random.Uniform(0.3, 0.8));
    }
    sharp = Blur(sharp, std::max(0.3, 0.2 / grid.mm));
  }
  gland_share = cv::min(gland_share + layer + sharp, 1.2);
  gland_share.setTo(0, ~body.inside);
}

}  // namespace mhcnn::phantom
