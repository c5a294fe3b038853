#include "mhcnn/phantom/structures.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mhcnn/phantom/drawing.h"

namespace mhcnn::phantom {

void AddStructures(cv::Mat1f& gland_fraction, const Anatomy& woman, const ViewPlan& plan,
                   const Body& body, const Grid& grid, RandomStream& random) {
  cv::Mat1f layer(gland_fraction.size(), 0.f);
  const cv::Point2d nipple(body.nipple);
  const auto vessels = static_cast<int>(woman.vessels * random.Uniform(0, 7));
  for (int i = 0; i < vessels; ++i) {
    const double y = random.Uniform(0.1, 0.9) * grid.HeightMm(),
                 x = random.Uniform(0, 0.6) * plan.depth_mm;
    const double angle = std::atan2(nipple.y - y, nipple.x - x) + random.Normal(0, 0.5);
    const double strength = random.Uniform(0.04, 0.18), width = random.Uniform(0.4, 1.3);
    DrawWanderer(layer, grid, random, {x, y}, angle, random.Uniform(25, 110), width, strength, 2);
  }
  const auto ducts = static_cast<int>(woman.strands * random.Uniform(2, 9));
  for (int i = 0; i < ducts; ++i) {
    const double strength = random.Uniform(0.02, 0.09), width = random.Uniform(0.4, 1.2),
                 length = random.Uniform(15, 60), angle = std::numbers::pi + random.Normal(0, 0.55);
    DrawWanderer(layer, grid, random, nipple - cv::Point2d(2, 0), angle, length, width, strength,
                 1);
  }
  if (plan.view == View::kMLO && random.Chance(0.3)) {  // lymph nodes of the axilla
    for (std::uint32_t i = 0, n = 1 + random.Integer(3); i < n; ++i) {
      const double strength = random.Uniform(0.1, 0.4), turned = random.Uniform(0, 180),
                   aspect = random.Uniform(0.4, 0.9), radius = random.Uniform(2, 8);
      const double x = random.Uniform(0.05, 0.7) * plan.depth_mm,
                   y = random.Uniform(0.02, 0.35) * grid.HeightMm();
      DrawDisc(layer, grid, {x, y}, radius, aspect, turned, strength);
    }
  }
  if (random.Chance(0.08)) {  // a mass: round, lobed or with spicules
    const double y = nipple.y + random.Normal(0, 0.3) * plan.depth_mm,
                 x = random.Uniform(0.2, 0.8) * plan.depth_mm;
    const double radius = random.Uniform(2.5, 12), strength = random.Uniform(0.12, 0.5);
    cv::Mat1f mass(layer.size(), 0.f);  // spicules first: what is drawn later covers them
    for (std::uint32_t i = 0, n = random.Chance(0.5) ? 0 : 6 + random.Integer(12); i < n; ++i) {
      const double width = random.Uniform(0.3, 0.9), length = radius * random.Uniform(1.3, 2.5),
                   angle = random.Uniform(0, 2 * std::numbers::pi);
      DrawWanderer(mass, grid, random, {x, y}, angle, length, width, 0.6 * strength, 0);
    }
    for (std::uint32_t i = 0, n = 1 + random.Integer(4); i < n; ++i) {
      const double turned = random.Uniform(0, 180), aspect = random.Uniform(0.6, 1);
      const double dy = random.Normal(), dx = random.Normal();
      DrawDisc(mass, grid, cv::Point2d(x, y) + cv::Point2d(dx, dy) * (0.3 * radius), radius, aspect,
               turned, strength);
    }
    layer = cv::max(layer, mass);
  }
  layer = Blur(layer, std::max(0.35, 0.45 / grid.mm));
  cv::Mat1f sharp(gland_fraction.size(), 0.f);
  if (random.Chance(0.15)) {  // calcifications: small and very bright
    for (std::uint32_t i = 0, n = 1 + random.Integer(8); i < n; ++i) {
      const double strength = random.Uniform(0.3, 0.8), radius = random.Uniform(0.2, 0.7);
      const double x = random.Uniform(0.1, 0.9) * plan.depth_mm,
                   y = random.Uniform(0.2, 0.9) * grid.HeightMm();
      DrawDisc(sharp, grid, {x, y}, radius, 1, 0, strength);
    }
    sharp = Blur(sharp, std::max(0.3, 0.2 / grid.mm));
  }
  gland_fraction = cv::min(gland_fraction + layer + sharp, 1.2);
  gland_fraction.setTo(0, ~body.inside);
}

}  // namespace mhcnn::phantom
