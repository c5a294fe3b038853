#include "mhcnn/analyze/percent_interval.h"

#include <algorithm>

namespace mhcnn {
namespace {

constexpr double kMinErrorScale = 0.5;  // points: no error is expected to be less

}  // namespace

double PercentInterval::ErrorScale(double scaled, double head_disagreement) const {
  return std::max(kMinErrorScale, error_scale[0] + error_scale[1] * head_disagreement / 10 +
                                      error_scale[2] * scaled * (100 - scaled) / 2500);
}

PercentInterval::Ends PercentInterval::ComputeEnds(double scaled, double head_disagreement) const {
  const auto group =
      std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return scaled < g.below; });
  const double half = (group == groups.end() ? groups.back() : *group).quantile *
                      ErrorScale(scaled, head_disagreement);
  return {std::max(0.0, scaled - half), std::min(100.0, scaled + half)};
}

}  // namespace mhcnn
