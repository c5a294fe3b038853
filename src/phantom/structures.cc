#include "phantom/structures.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "phantom/drawing.h"

namespace mhcnn::phantom {

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
                 random.Uniform(0.4, 1.2), random.Uniform(0.02, 0.09), 1);
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
  if (random.Chance(0.08)) {  // a mass: round, lobed or with spicules
    const cv::Point2d at(random.Uniform(0.2, 0.8) * plan.depth_mm,
                         nipple.y + random.Normal(0, 0.3) * plan.depth_mm);
    const double radius = random.Uniform(2.5, 12), strength = random.Uniform(0.12, 0.5);
    cv::Mat1f mass(layer.size(), 0.f);  // spicules first: what is drawn later covers them
    for (std::uint32_t i = 0, n = random.Chance(0.5) ? 0 : 6 + random.Integer(12); i < n; ++i) {
      DrawWanderer(mass, grid, random, at, random.Uniform(0, 2 * std::numbers::pi),
                   radius * random.Uniform(1.3, 2.5), random.Uniform(0.3, 0.9), 0.6 * strength, 0);
    }
    for (std::uint32_t i = 0, n = 1 + random.Integer(4); i < n; ++i) {
      DrawDisc(mass, grid, at + cv::Point2d(random.Normal(), random.Normal()) * (0.3 * radius),
               radius, random.Uniform(0.6, 1), random.Uniform(0, 180), strength);
    }
    layer = cv::max(layer, mass);
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
