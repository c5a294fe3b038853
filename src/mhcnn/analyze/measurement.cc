#include "mhcnn/analyze/measurement.h"

#include <algorithm>
#include <cmath>

namespace mhcnn {
namespace {

/// Returns the percent within 0..100. A value that is not finite, which a damaged network can give,
/// counts as missing.
std::optional<double> ValidPercent(const std::optional<double>& percent) {
  if (!percent || !std::isfinite(*percent)) return std::nullopt;
  return std::clamp(*percent, 0.0, 100.0);
}

}  // namespace

Measurement ToMeasurement(const std::optional<double>& percent_of_masks,
                          const std::optional<double>& percent_of_head,
                          const std::array<double, 4>* probabilities) {
  Measurement measured;
  const auto masks = ValidPercent(percent_of_masks), head = ValidPercent(percent_of_head);
  measured.percent = masks ? masks : head;
  measured.percent_of_both = measured.percent;
  if (masks && head) {
    measured.head_disagreement = std::abs(*masks - *head);
    measured.percent_of_both = (*masks + *head) / 2;
  }
  if (probabilities) {
    double expected = 0;
    for (std::size_t c = 0; c < 4; ++c) expected += static_cast<double>(c) * (*probabilities)[c];
    if (std::isfinite(expected)) measured.expected_category = expected;
  }
  return measured;
}

double PercentScale::Apply(double percent) const {
  return std::clamp(intercept + slope * percent, 0.0, 100.0);
}

}  // namespace mhcnn
