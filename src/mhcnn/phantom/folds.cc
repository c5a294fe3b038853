#include <algorithm>
#include <cmath>

#include "mhcnn/phantom/body.h"

namespace mhcnn::phantom {

// A fold doubles the skin and fat on one side of its edge: a step that fades away from it.
void AddFolds(Body& body, const ViewPlan& plan, const Grid& grid, RandomStream& random) {
  for (int i = 0; i < plan.folds; ++i) {
    const double angle = random.Normal(plan.view == View::kMLO ? -0.9 : 0.2, 0.5);
    const double y = random.Uniform(0.0, plan.view == View::kMLO ? 0.3 : 0.9) * grid.HeightMm();
    const double x = random.Uniform(0, 0.8) * plan.depth_mm;
    const double bend = random.Normal(0, 0.006), reach = random.Uniform(15, 90);
    const double width = std::exp(random.Uniform(std::log(1.5), std::log(14)));
    const double extra = random.Uniform(2, 14), edge = random.Uniform(0.3, 1.2);
    const double side = random.Chance(0.5) ? 1 : -1;
    for (int r = 0; r < grid.height; ++r) {
      for (int c = 0; c < grid.width; ++c) {
        if (body.skin_mm(r, c) <= 0) continue;
        const double dx = (c + 0.5) * grid.mm - x, dy = (r + 0.5) * grid.mm - y;
        const double along = dx * std::cos(angle) + dy * std::sin(angle);
        const double across =
            side * (dy * std::cos(angle) - dx * std::sin(angle) - bend * along * along);
        if (across < -2 || across > 4 * width || std::abs(along) > 2 * reach) continue;
        const double rise = SmoothStep(static_cast<float>(-edge), static_cast<float>(edge),
                                       static_cast<float>(across));
        const double fade =
            std::exp(-std::max(0.0, across) / width) * std::exp(-std::pow(along / reach, 4));
        body.thickness_mm(r, c) += static_cast<float>(extra * rise * fade);
      }
    }
  }
}

}  // namespace mhcnn::phantom
