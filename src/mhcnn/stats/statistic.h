#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mhcnn {

/// A value, or the reason why the data do not define it: never a NaN, never a made-up 0 or 1.
struct Statistic {
  std::optional<double> value;  ///< empty if the statistic is undefined
  /// Reason in a few words, e.g. "no case of category 3"; empty if there is a value.
  std::string undefined;

  /// Returns whether there is a value.
  bool defined() const { return value.has_value(); }
  /// Returns the value; NaN if it is undefined, for arithmetic that passes NaN on.
  double ValueOrNaN() const;
};

/// Returns a statistic with this value; an undefined one if it is not a finite number.
Statistic Defined(double value);
/// Returns an undefined statistic with its reason.
Statistic Undefined(std::string reason);

/// A statistic with the two ends of its confidence interval, each of which can be undefined.
struct Estimate {
  Statistic value, low, high;  ///< the value and the ends of its interval
};

/// Returns an estimate whose parts are all undefined, for one reason.
Estimate UndefinedEstimate(const std::string& reason);

/// Returns the mean of those statistics that are defined; undefined if none is defined.
Statistic MeanDefined(const std::vector<Statistic>& statistics);

}  // namespace mhcnn
