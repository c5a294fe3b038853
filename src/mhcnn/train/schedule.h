#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mhcnn {

/// Shape of the learning rate over a phase.
enum class ScheduleForm {
  kConstant,  ///< "constant"
  kCosine,    ///< "cosine": falls to 0
  kOneCycle,  ///< "one_cycle": from 1/25 up and to 0 (Smith & Topin 2018, with cosine flanks)
  /// "plateau": constant, times plateau_factor after plateau_patience epochs without a lower
  /// validation loss.
  kPlateau
};
/// Returns the value of a recipe's word. Throws Error(kUsage) that begins with `name`.
ScheduleForm ParseScheduleForm(std::string_view name, const std::string& word);

/// Options of the learning rate within a phase.
struct ScheduleOptions {
  /// Shape of the rate over the phase.
  ScheduleForm form = ScheduleForm::kConstant;
  double warmup = 0.1;  ///< fraction of the phase's steps in which the rate rises; not for constant
  /// Factor of the rate at a plateau.
  double plateau_factor = 0.5;
  /// Epochs without a lower validation loss that make a plateau.
  int plateau_patience = 5;

  /// Throws Error(kUsage) naming the recipe's key of the bad field.
  void Check() const;
};

/// Returns the fraction of the phase's learning rate at step `step` of `steps`, without the
/// reductions by plateaus.
double LearningRateFactor(const ScheduleOptions& options, std::uint64_t step, std::uint64_t steps);

/// Follows the validation loss of a phase, for plateaus and early stopping.
struct PlateauTracker {
  std::uint64_t epochs = 0;      ///< validated epochs of this phase
  std::uint64_t since_best = 0;  ///< epochs since the lowest loss
  std::uint64_t since_cut = 0;   ///< epochs without a lower loss since the rate was cut
  double best = 0;               ///< lowest loss so far, if epochs > 0
  double rate_scale = 1;         ///< factor of the rate after the plateaus so far

  /// Adds an epoch; returns whether its loss is the phase's lowest.
  bool Add(double loss, const ScheduleOptions& options);
};

}  // namespace mhcnn
