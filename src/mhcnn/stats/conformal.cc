#include "mhcnn/stats/conformal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mhcnn/base/error.h"
#include "mhcnn/stats/proportional_odds.h"

namespace mhcnn {
namespace {

/// Room for what a sum such as (n + 1) * 0.9 is off.
constexpr double kRounding = 1e-9;

void CheckCoverage(double coverage) {
  if (!(coverage > 0 && coverage < 1))
    throw Error(ErrorCode::kInternal, "a coverage must lie between 0 and 1");
}

}  // namespace

std::size_t MinScoreCount(double coverage) {
  CheckCoverage(coverage);
  return static_cast<std::size_t>(std::ceil(coverage / (1 - coverage) - kRounding));
}

Statistic ConformalQuantile(std::vector<double> scores, double coverage) {
  const std::size_t min_scores = MinScoreCount(coverage);
  if (std::any_of(scores.begin(), scores.end(), [](double s) { return std::isnan(s); }))
    return Undefined("a score is NaN");
  if (scores.size() < min_scores) {
    return Undefined(fmt::format("{} cases, {} needed for a coverage of {}", scores.size(),
                                 min_scores, coverage));
  }
  const auto rank = static_cast<std::size_t>(
      std::ceil(static_cast<double>(scores.size() + 1) * coverage - kRounding));
  std::nth_element(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(rank - 1),
                   scores.end());
  return Defined(scores[rank - 1]);
}

double ClassScore(const std::vector<double>& probabilities, int label) {
  return 1 - probabilities.at(static_cast<std::size_t>(label));
}

ClassRange MakeClassRange(const std::vector<double>& probabilities, double quantile) {
  if (probabilities.empty()) throw Error(ErrorCode::kInternal, "no class");
  const int likeliest = static_cast<int>(
      std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
  const int median = MedianCategory(probabilities);
  ClassRange range{std::min(likeliest, median), std::max(likeliest, median)};
  for (int c = 0; c < static_cast<int>(probabilities.size()); ++c) {
    if (ClassScore(probabilities, c) > quantile + kRounding) continue;
    range.low = std::min(range.low, c);
    range.high = std::max(range.high, c);
  }
  return range;
}

}  // namespace mhcnn
