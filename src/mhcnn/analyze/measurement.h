#pragma once

#include <array>
#include <optional>

namespace mhcnn {

/// Measurement of one image by a model, before any calibration.
struct Measurement {
  std::optional<double> percent;  ///< from the masks, else from the regression head; 0..100
  double head_disagreement = 0;   ///< points between the two; 0 where one of them is missing
  /// Mean of the percents of masks and regression head, or the only one of them.
  std::optional<double> percent_of_both;
  std::optional<double> expected_category;  ///< sum of category times probability, 0..3
};

/// Combines the outputs of a model's heads, each empty where the model has no such head. Values
/// that are not finite count as missing. `probabilities` may be null.
Measurement ToMeasurement(const std::optional<double>& percent_of_masks,
                          const std::optional<double>& percent_of_head,
                          const std::array<double, 4>* probabilities);

/// Linear scale from the model's percent to the readers': intercept + slope * percent, in 0..100.
struct PercentScale {
  /// Coefficients; the intercept in percent points.
  double intercept = 0, slope = 1;
  /// Returns the percent on the readers' scale, 0 to 100.
  double Apply(double percent) const;
};

}  // namespace mhcnn
