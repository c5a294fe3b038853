#pragma once

#include <cstddef>
#include <vector>

namespace mhcnn {

/// Interval of a percent that contains the reader's percent with a stated probability: a conformal
/// interval (stats/conformal.h), quantile * error scale on each side, by group of the (scaled)
/// percent. The error scale is the expected size of the error, so that the intervals are wide where
/// the model errs (Lei et al. 2018, section 5.2).
///
/// calibrate/calibrate_percent.cc fits it to a site's images; Calibration::ApplyTo uses it.
struct PercentInterval {
  /// A range of percent densities with its own quantile.
  struct Group {
    double below =
        0;  ///< percent densities below this and not of an earlier group; the last is 101
    double quantile = 0;  ///< quantile of error / error scale
    /// Number of cases that the quantile was fitted on.
    std::size_t cases = 0;
  };
  /// Probability that the interval contains the reader's percent.
  double coverage = 0.9;
  /// Coefficients of the error scale, in points: constant, per 10 points between the heads, at 50 %
  /// density (falling to 0 at 0 and 100).
  std::vector<double> error_scale = {1, 0, 0};
  /// Groups by ascending percent.
  std::vector<Group> groups;

  /// Returns the expected size of the error, in points.
  double ErrorScale(double scaled, double head_disagreement) const;
  /// Ends of an interval.
  struct Ends {
    /// Percent densities, 0 to 100.
    double low, high;
  };
  /// Returns the ends of the interval, within 0..100.
  Ends ComputeEnds(double scaled, double head_disagreement) const;
};

}  // namespace mhcnn
