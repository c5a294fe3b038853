#include "mhcnn/phantom/pattern.h"

#include <algorithm>
#include <cmath>

namespace mhcnn::phantom {
namespace {

/// Draws of one picture that place its pattern.
struct PatternPlace {
  double s0, s_width, angle, angle_width, upper_x, upper_y, upper_width;
};

PatternPlace Place(Pattern pattern, RandomStream& random) {
  PatternPlace p{};
  p.s0 = pattern == Pattern::kRetroareolar ? random.Uniform(0.12, 0.25) : random.Uniform(0.2, 0.45);
  p.s_width =
      pattern == Pattern::kRetroareolar ? random.Uniform(0.12, 0.25) : random.Uniform(0.25, 0.45);
  p.angle = random.Normal(0.1, 0.18);
  p.angle_width = random.Uniform(0.5, 1.1);
  p.upper_x = random.Uniform(0.3, 0.6);
  p.upper_y = random.Uniform(0.05, 0.4);
  p.upper_width = random.Uniform(0.2, 0.4);
  return p;
}

}  // namespace

cv::Mat1f PatternField(const Anatomy& w, const ViewPlan& plan, const Body& body, const Grid& grid,
                       RandomStream& random) {
  const PatternPlace p = Place(w.pattern, random);
  cv::Mat1f out(grid.height, grid.width, 0.f);
  const auto square = [](double v) { return v * v; };
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      // Polar position about the nipple: s = 1 at the chest wall, angle 0 straight back, > 0 up.
      const double back = (body.nipple.x - (c + 0.5) * grid.mm) / plan.depth_mm;
      const double up = (body.nipple.y - (r + 0.5) * grid.mm) / plan.depth_mm;
      const double s = std::sqrt(back * back + up * up);
      const double angle = std::atan2(up, std::max(back, 1e-3));
      const double skin = body.skin_mm(r, c);
      double value = 0;
      switch (w.pattern) {
        case Pattern::kFan:
          value = -square((s - p.s0) / p.s_width) - square((angle - p.angle) / p.angle_width);
          break;
        case Pattern::kRetroareolar:
          value = -square((s - p.s0) / p.s_width) - 0.5 * square((angle - p.angle) / p.angle_width);
          break;
        case Pattern::kUpperOuter:
          value = -(square(back - p.upper_x) + square(up - p.upper_y)) / square(p.upper_width);
          break;
        case Pattern::kCrescent:
          value = -square((skin - 1.6 * w.fat_rim_mm - 4) / (0.12 * plan.depth_mm)) -
                  square((angle - 4 * (p.angle - 0.1)) / 0.9);
          break;
        case Pattern::kIslands:
          value = -0.35 * square((s - 0.45) / 0.45);
          break;
        case Pattern::kDiffuse:
          value = -0.5 * square((s - 0.45) / 0.5);
          break;
        case Pattern::kWhole:
          value = -0.5 * square(std::max(0.0, s - 0.8) / 0.3);
          break;
      }
      value = std::max(value, -4.0);
      // Subcutaneous fat under the skin, thinner behind the nipple; fat before the muscle.
      const double rim = w.fat_rim_mm * std::min(1.0, 0.3 + s);
      value -= 2.5 * square(std::max(0.0, 1 - skin / (2 * rim)));
      value -= 1.2 * SmoothStep(-12, 2, body.muscle_edge_mm(r, c));
      // Axilla and abdomen hold little gland.
      value -= 1.5 * square(std::max(0.0, std::abs(up) - 0.85) / 0.4);
      if (plan.view == View::kMLO && -up * plan.depth_mm > 0.97 * plan.lower_mm) value -= 3;
      out(r, c) = static_cast<float>(std::max(value, -9.0));
    }
  }
  return out;
}

}  // namespace mhcnn::phantom
