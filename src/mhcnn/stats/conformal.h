#pragma once

#include <cstddef>
#include <vector>

#include "mhcnn/stats/probabilities.h"
#include "mhcnn/stats/statistic.h"

namespace mhcnn {

// Conformal prediction: from how wrong a method was on cases it had not been fitted on, how wide an
// answer must be to hold the truth of a new case of the same kind (exchangeable with them) with a
// stated chance, whatever the distribution. Vovk, Gammerman & Shafer, "Algorithmic Learning in a
// Random World", 2005; Lei et al., "Distribution-free predictive inference for regression", JASA
// 113, 2018.

/// Returns the ceil((n + 1) coverage)-th smallest of n scores: a new score is at most that with a
/// probability of `coverage` or more. Undefined if n is too small (MinScoreCount) or a score is
/// NaN. Throws Error(kInternal) unless 0 < coverage < 1.
Statistic ConformalQuantile(std::vector<double> scores, double coverage);
/// Returns the smallest n for which the quantile is defined: 9 for 0.9, 19 for 0.95.
std::size_t MinScoreCount(double coverage);

/// Range of the classes low..high, without gaps.
struct ClassRange {
  int low = 0, high = 0;  ///< both included
  /// Returns whether the range contains the class.
  bool Contains(int label) const { return low <= label && label <= high; }
  /// Compares both ends.
  friend bool operator==(const ClassRange&, const ClassRange&) = default;
};

/// Returns 1 - the class's probability: the score whose sets are the smallest on average (Sadinle,
/// Lei & Wasserman, "Least ambiguous set-valued classifiers", JASA 114, 2019).
double ClassScore(const std::vector<double>& probabilities, int label);
/// Returns the range from the lowest to the highest class with a score of at most `quantile`, with
/// the most probable and the median class whatever their scores. Classes between these are
/// included: a range has no gaps, and can only cover more.
ClassRange MakeClassRange(const std::vector<double>& probabilities, double quantile);

}  // namespace mhcnn
