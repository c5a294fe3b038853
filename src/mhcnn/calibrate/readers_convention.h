#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "mhcnn/analyze/dense_thresholds.h"
#include "mhcnn/analyze/measurement.h"

namespace mhcnn {

/// Percent of a case as the model and as the reader says it.
struct PercentPair {
  double predicted, apart, truth;  ///< `apart`: points between the model's two heads
  /// Percents by the threshold of dense tissue; empty where they were not measured.
  std::optional<PercentsByThreshold> by_threshold;
};

/// What brings the model's percent to the readers' convention.
enum class Convention { kOfModel, kLine, kThreshold };

/// A convention fitted to pairs.
struct FittedConvention {
  PercentScale scale;                    ///< changes nothing unless a line was fitted
  std::optional<std::size_t> threshold;  ///< index in kDenseThresholds

  /// Returns the percent in the readers' convention.
  double Apply(const PercentPair& pair) const {
    return threshold ? (*pair.by_threshold)[*threshold] : scale.Apply(pair.predicted);
  }
};

/// Fits by least squares: the line, where it ascends, or the threshold, for which each pair needs
/// `by_threshold`. What is not better than the model's own by Akaike's criterion (1974) is left
/// out.
FittedConvention FitConvention(const std::vector<PercentPair>& pairs, Convention convention);

}  // namespace mhcnn
