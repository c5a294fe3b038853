#include "mhcnn/stats/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "mhcnn/base/error.h"

namespace mhcnn {

std::string FindUndefinedReason(const PairedValues& values, std::size_t least) {
  if (values.truth.size() != values.predicted.size()) {
    throw Error(ErrorCode::kInternal, "truth and found differ in length");
  }
  if (values.truth.empty()) return "no case";
  if (values.truth.size() < least) return fmt::format("fewer than {} cases", least);
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(values.truth.begin(), values.truth.end(), finite) ||
      !std::all_of(values.predicted.begin(), values.predicted.end(), finite)) {
    return "a value is not a finite number";
  }
  return {};
}

PairedValues Select(const PairedValues& values, const std::vector<std::size_t>& indices) {
  return {Select(values.truth, indices), Select(values.predicted, indices)};
}

std::vector<double> MidRanks(std::span<const double> values) {
  // Pairs rather than an indirect sort: bootstraps spend most of their time here.
  std::vector<std::pair<double, std::size_t>> order(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) order[i] = {values[i], i};
  std::sort(order.begin(), order.end());
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i;
    while (j < order.size() && order[j].first == order[i].first) ++j;
    for (std::size_t k = i; k < j; ++k) {
      ranks[order[k].second] = (static_cast<double>(i + j) + 1) / 2;
    }
    i = j;
  }
  return ranks;
}

double SortedQuantile(std::span<const double> sorted, double fraction) {
  const double position = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return SortedQuantile(values, 0.5);
}

}  // namespace mhcnn
