#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mhcnn {

/// A value, or the reason why the data do not define it: never a NaN, never a made-up 0 or 1.
struct Statistic {
  std::optional<double> value;  ///< empty if the statistic is undefined
  /// A few words, e.g. "no case of category 3"; empty where there is a value.
  std::string undefined;

  /// Returns whether there is a value.
  bool defined() const { return value.has_value(); }
  /// For arithmetic that carries NaN along.
  double ValueOrNaN() const;
};

/// A value; an undefined statistic where it is not a finite number.
Statistic Defined(double value);
/// Returns an undefined statistic with its reason.
Statistic Undefined(std::string reason);

/// A statistic with the two ends of its confidence interval, each of which can be undefined.
struct Estimate {
  Statistic value, low, high;  ///< the value and the ends of its interval
};

/// An estimate that is undefined throughout, for one reason.
Estimate UndefinedEstimate(const std::string& reason);

/// The mean of those statistics that are defined; undefined where none is.
Statistic MeanOfDefined(const std::vector<Statistic>& statistics);

}  // namespace mhcnn
