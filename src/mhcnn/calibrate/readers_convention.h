#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "mhcnn/analyze/dense_thresholds.h"
#include "mhcnn/analyze/measurement.h"

namespace mhcnn {

/// Percent of a case, predicted by the model and stated by the reader.
struct PercentPair {
  double predicted, head_disagreement, truth;  ///< the second: points between the model's two heads
  /// Percent densities by the threshold of dense tissue; empty if they were not measured.
  std::optional<PercentByThreshold> by_threshold;
};

/// Ways to bring the model's percent to the readers' convention.
enum class Convention { kModel, kLine, kThreshold };

/// A convention fitted to pairs.
struct FittedConvention {
  PercentScale scale;                    ///< changes nothing unless a line was fitted
  std::optional<std::size_t> threshold;  ///< index in kDenseThresholds

  /// Returns the percent in the readers' convention.
  double Apply(const PercentPair& pair) const {
    return threshold ? (*pair.by_threshold)[*threshold] : scale.Apply(pair.predicted);
  }
};

/// Fits by least squares: the line, if it ascends, or the threshold, for which each pair needs
/// `by_threshold`. A fit that is not better than the model's own percent by Akaike's criterion
/// (1974) is left out.
FittedConvention FitConvention(const std::vector<PercentPair>& pairs, Convention convention);

}  // namespace mhcnn
