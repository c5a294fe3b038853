#include "mhcnn/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mhcnn {

const std::vector<std::string>& ScheduleOptions::Forms() {
  static const std::vector<std::string> forms = {"constant", "cosine", "one_cycle", "plateau"};
  return forms;
}

double LearningRateFactor(const ScheduleOptions& options, std::uint64_t step, std::uint64_t steps) {
  if (options.form == "constant") return 1;
  const double at =
      static_cast<double>(step) / static_cast<double>(std::max<std::uint64_t>(1, steps));
  const double floor = options.form == "one_cycle" ? 0.04 : 0;
  if (at < options.warmup) return floor + (1 - floor) * at / options.warmup;
  if (options.form == "plateau") return 1;
  return 0.5 * (1 + std::cos(std::numbers::pi * (at - options.warmup) / (1 - options.warmup)));
}

bool PlateauTracker::Add(double loss, const ScheduleOptions& options) {
  const bool lower = epochs++ == 0 || loss < best;
  if (lower) {
    best = loss;
    since_best = since_cut = 0;
    return true;
  }
  ++since_best;
  const auto patience = static_cast<std::uint64_t>(options.plateau_patience);
  if (options.form == "plateau" && ++since_cut >= patience) {
    rate_scale *= options.plateau_factor;
    since_cut = 0;
  }
  return false;
}

}  // namespace mhcnn
