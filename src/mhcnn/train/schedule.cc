#include "mhcnn/train/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "mhcnn/base/option_check.h"

namespace mhcnn {

ScheduleForm ParseScheduleForm(std::string_view name, const std::string& word) {
  static constexpr std::array kForms = {"constant", "cosine", "one_cycle", "plateau"};
  return static_cast<ScheduleForm>(FindChoice(name, word, kForms));
}

void ScheduleOptions::Check() const {
  CheckRange("key 'optimizer.warmup'", warmup, 0, 0.9);
  CheckRange("key 'optimizer.plateau_factor'", plateau_factor, 0.01, 0.99);
  CheckRange("key 'optimizer.plateau_patience'", plateau_patience, 1, 1e6);
}

double LearningRateFactor(const ScheduleOptions& options, std::uint64_t step, std::uint64_t steps) {
  if (options.form == ScheduleForm::kConstant) return 1;
  const double at =
      static_cast<double>(step) / static_cast<double>(std::max<std::uint64_t>(1, steps));
  const double floor = options.form == ScheduleForm::kOneCycle ? 0.04 : 0;
  if (at < options.warmup) return floor + (1 - floor) * at / options.warmup;
  if (options.form == ScheduleForm::kPlateau) return 1;
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
  if (options.form == ScheduleForm::kPlateau && ++since_cut >= patience) {
    rate_scale *= options.plateau_factor;
    since_cut = 0;
  }
  return false;
}

}  // namespace mhcnn
