#include "phantom/foreign.h"

#include <numbers>

#include "phantom/drawing.h"

namespace mhcnn::phantom {
namespace {

/// An implant before or under the muscle: as dense as muscle or denser, its edge smooth.
void AddImplant(Foreign& foreign, const ViewPlan& plan, const Body& body, const Grid& grid,
                RandomStream& random) {
  const double radius = random.Uniform(0.45, 0.75) * plan.depth_mm;
  const cv::Point2d centre(random.Uniform(-0.1, 0.35) * plan.depth_mm,
                           body.nipple.y + random.Normal(0, 0.1) * plan.depth_mm);
  cv::Mat1f shape(grid.height, grid.width, 0.f);
  DrawDisc(shape, grid, centre, radius, random.Uniform(0.7, 1.0), 90 + random.Normal(0, 15), 1);
  shape.setTo(0, body.skin_mm < 4);  // tissue lies before it everywhere
  cv::Mat1f soft = Blur(shape, random.Uniform(0.5, 2) / grid.mm);
  foreign.implant = (shape > 0.5f) & body.inside;
  soft.setTo(0, ~body.inside);
  foreign.path += soft * random.Uniform(0.7, 3);
}

}  // namespace

Foreign DrawForeign(const ViewPlan& plan, const Body& body, const Grid& grid,
                    RandomStream& random) {
  Foreign foreign{.path = cv::Mat1f(grid.height, grid.width, 0.f),
                  .implant = Mask(grid.height, grid.width, uchar{0})};
  const auto inside = [&] {
    return cv::Point2d(random.Uniform(0.1, 0.9) * plan.depth_mm,
                       body.nipple.y + random.Normal(0, 0.4) * plan.depth_mm);
  };
  if (plan.implant) AddImplant(foreign, plan, body, grid, random);
  cv::Mat1f metal(grid.height, grid.width, 0.f);
  if (random.Chance(0.1)) {  // a marker on the nipple or a mole
    const cv::Point2d at = random.Chance(0.6) ? cv::Point2d(body.nipple) : inside();
    DrawDisc(metal, grid, at, random.Uniform(0.6, 1.6), 1, 0, random.Uniform(1.5, 5));
  }
  if (random.Chance(0.05)) {  // clips after surgery or biopsy
    const cv::Point2d at = inside();
    for (std::uint32_t i = 0, n = 1 + random.Integer(4); i < n; ++i) {
      DrawWanderer(metal, grid, random, at + cv::Point2d(random.Normal(), random.Normal()) * 12,
                   random.Uniform(0, 2 * std::numbers::pi), random.Uniform(2.5, 5), 0.8, 6, 0);
    }
  }
  if (random.Chance(0.02)) {  // a wire on a scar
    DrawWanderer(metal, grid, random, inside(), random.Uniform(0, 2 * std::numbers::pi),
                 random.Uniform(15, 50), 0.7, 5, 0);
  }
  if (plan.view == View::kMLO && random.Chance(0.015)) {  // a pacemaker or port, its lead
    const cv::Point2d at(random.Uniform(0, 0.35) * plan.depth_mm,
                         random.Uniform(0, 0.15) * grid.HeightMm());
    DrawDisc(metal, grid, at, random.Uniform(10, 24), random.Uniform(0.6, 1),
             random.Uniform(0, 180), 8);
    DrawWanderer(metal, grid, random, at, random.Uniform(0.5, 2.5), random.Uniform(30, 90), 1.2, 5,
                 0);
  }
  metal.setTo(0, ~body.inside);
  foreign.path += Blur(metal, 0.4);
  return foreign;
}

}  // namespace mhcnn::phantom
