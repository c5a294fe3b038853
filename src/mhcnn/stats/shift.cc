#include "mhcnn/stats/shift.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mhcnn/base/error.h"
#include "mhcnn/stats/distributions.h"

namespace mhcnn {

Statistic PopulationStability(const std::vector<double>& reference,
                              const std::vector<double>& sample) {
  if (reference.size() != sample.size())
    throw Error(ErrorCode::kInternal, "the two samples have other bins");
  constexpr double kHalf = 0.5;
  const auto bins = static_cast<double>(reference.size());
  const double all_reference = std::accumulate(reference.begin(), reference.end(), 0.0),
               all_sample = std::accumulate(sample.begin(), sample.end(), 0.0);
  if (reference.size() < 2) return Undefined("all values are alike");
  if (all_reference <= 0 || all_sample <= 0) return Undefined("no cases");
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double p = (reference[i] + kHalf) / (all_reference + kHalf * bins),
                 q = (sample[i] + kHalf) / (all_sample + kHalf * bins);
    sum += (q - p) * std::log(q / p);
  }
  return Defined(sum);
}

std::vector<double> QuantileBins(std::vector<double> values, int bins) {
  std::sort(values.begin(), values.end());
  std::vector<double> ends;
  for (int i = 1; i < bins && !values.empty(); ++i) {
    const auto place = values.size() * static_cast<std::size_t>(i) / static_cast<std::size_t>(bins);
    const double end = values[place > 0 ? place - 1 : 0];
    if (end < values.back() && (ends.empty() || end > ends.back())) ends.push_back(end);
  }
  return ends;
}

std::vector<double> CountInBins(const std::vector<double>& values,
                                const std::vector<double>& ends) {
  std::vector<double> counts(ends.size() + 1, 0);
  for (const double value : values) {
    const auto bin = std::lower_bound(ends.begin(), ends.end(), value) - ends.begin();
    ++counts[static_cast<std::size_t>(bin)];
  }
  return counts;
}

KolmogorovSmirnov TestKolmogorovSmirnov(std::vector<double> first, std::vector<double> second) {
  if (first.empty() || second.empty()) return {Undefined("no cases"), Undefined("no cases")};
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  const auto n = static_cast<double>(first.size()), m = static_cast<double>(second.size());
  double distance = 0;
  std::size_t i = 0, j = 0;
  while (i < first.size() && j < second.size()) {
    const double at = std::min(first[i], second[j]);
    while (i < first.size() && first[i] <= at) ++i;
    while (j < second.size() && second[j] <= at) ++j;
    distance =
        std::max(distance, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
  }
  const double root = std::sqrt(n * m / (n + m));
  const double lambda = (root + 0.12 + 0.11 / root) * distance;
  // Below 0.2 the series does not converge, and the chance is 1 to many digits.
  double p = 1;
  if (lambda >= 0.2) {
    p = 0;
    for (int k = 1; k <= 100; ++k)
      p += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * lambda * lambda);
  }
  return {Defined(distance), Defined(std::clamp(p, 0.0, 1.0))};
}

double FractionDifferenceP(std::size_t k, std::size_t n, std::size_t l, std::size_t m) {
  const auto first = static_cast<double>(n), second = static_cast<double>(m);
  if (n == 0 || m == 0) return 1;
  const double pooled = static_cast<double>(k + l) / (first + second);
  if (pooled <= 0 || pooled >= 1) return 1;
  const double z = (static_cast<double>(k) / first - static_cast<double>(l) / second) /
                   std::sqrt(pooled * (1 - pooled) * (1 / first + 1 / second));
  return 2 * NormalSurvival(std::abs(z));
}

}  // namespace mhcnn
