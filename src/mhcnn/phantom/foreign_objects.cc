#include "mhcnn/phantom/foreign_objects.h"

#include <numbers>

#include "mhcnn/phantom/drawing.h"

namespace mhcnn::phantom {
namespace {

constexpr double kFullTurn = 2 * std::numbers::pi;

/// An implant before or under the muscle: as dense as muscle or denser, its edge smooth.
void AddImplant(ForeignObjects& foreign, const ViewPlan& plan, const Body& body, const Grid& grid,
                RandomStream& random) {
  const double radius = random.Uniform(0.45, 0.75) * plan.depth_mm;
  const double y = body.nipple.y + random.Normal(0, 0.1) * plan.depth_mm,
               x = random.Uniform(-0.1, 0.35) * plan.depth_mm;
  const double angle = 90 + random.Normal(0, 15), aspect = random.Uniform(0.7, 1.0);
  cv::Mat1f shape(grid.height, grid.width, 0.f);
  DrawDisc(shape, grid, {x, y}, radius, aspect, angle, 1);
  shape.setTo(0, body.skin_mm < 4);  // tissue lies before it everywhere
  cv::Mat1f soft = Blur(shape, random.Uniform(0.5, 2) / grid.mm);
  foreign.implant = (shape > 0.5f) & body.inside;
  soft.setTo(0, ~body.inside);
  foreign.path += soft * random.Uniform(0.7, 3);
}

}  // namespace

ForeignObjects DrawForeignObjects(const ViewPlan& plan, const Body& body, const Grid& grid,
                                  RandomStream& random) {
  ForeignObjects foreign{.path = cv::Mat1f(grid.height, grid.width, 0.f),
                         .implant = Mask(grid.height, grid.width, uchar{0})};
  const auto inside = [&] {
    const double y = body.nipple.y + random.Normal(0, 0.4) * plan.depth_mm;
    return cv::Point2d(random.Uniform(0.1, 0.9) * plan.depth_mm, y);
  };
  if (plan.implant) AddImplant(foreign, plan, body, grid, random);
  cv::Mat1f metal(grid.height, grid.width, 0.f);
  if (random.Chance(0.1)) {  // a marker on the nipple or a mole
    const cv::Point2d at = random.Chance(0.6) ? cv::Point2d(body.nipple) : inside();
    const double strength = random.Uniform(1.5, 5);
    DrawDisc(metal, grid, at, random.Uniform(0.6, 1.6), 1, 0, strength);
  }
  if (random.Chance(0.05)) {  // clips after surgery or biopsy
    const cv::Point2d at = inside();
    for (std::uint32_t i = 0, n = 1 + random.Integer(4); i < n; ++i) {
      const double length = random.Uniform(2.5, 5), angle = random.Uniform(0, kFullTurn);
      const double dy = random.Normal(), dx = random.Normal();
      DrawWanderer(metal, grid, random, at + cv::Point2d(dx, dy) * 12, angle, length, 0.8, 6, 0);
    }
  }
  if (random.Chance(0.02)) {  // a wire on a scar
    const double length = random.Uniform(15, 50), angle = random.Uniform(0, kFullTurn);
    DrawWanderer(metal, grid, random, inside(), angle, length, 0.7, 5, 0);
  }
  if (plan.view == View::kMLO && random.Chance(0.015)) {  // a pacemaker or port, its lead
    const double y = random.Uniform(0, 0.15) * grid.HeightMm(),
                 x = random.Uniform(0, 0.35) * plan.depth_mm;
    const double turned = random.Uniform(0, 180), aspect = random.Uniform(0.6, 1);
    DrawDisc(metal, grid, {x, y}, random.Uniform(10, 24), aspect, turned, 8);
    const double length = random.Uniform(30, 90), angle = random.Uniform(0.5, 2.5);
    DrawWanderer(metal, grid, random, {x, y}, angle, length, 1.2, 5, 0);
  }
  metal.setTo(0, ~body.inside);
  foreign.path += Blur(metal, 0.4);
  return foreign;
}

}  // namespace mhcnn::phantom
