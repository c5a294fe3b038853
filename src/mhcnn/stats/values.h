#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mhcnn {

/// The truth and the predictions for the same cases, in one unit.
struct PairedValues {
  std::vector<double> truth, predicted;  ///< one value for each case, in the same order
};

/// Returns why nothing can be computed from these pairs: fewer than `least` cases, or a value that
/// is not finite; empty if there is no reason. Throws Error(kInternal) if the lengths differ.
std::string FindUndefinedReason(const PairedValues& values, std::size_t least);

/// Returns the values at these indices, which may repeat: a resample.
template <typename Value>
std::vector<Value> Select(const std::vector<Value>& values,
                          const std::vector<std::size_t>& indices) {
  std::vector<Value> selected;
  selected.reserve(indices.size());
  for (const auto i : indices) selected.push_back(values[i]);
  return selected;
}
/// Returns the pairs at these indices, which may repeat.
PairedValues Select(const PairedValues& values, const std::vector<std::size_t>& indices);

/// Returns ranks from 1; ties share their mean rank. The values must not be NaN.
std::vector<double> MidRanks(std::span<const double> values);

/// Returns the quantile of `sorted` (ascending, at least one value) at `fraction` (0..1), linear
/// between order statistics: type 7 of Hyndman & Fan 1996, NumPy's default.
double SortedQuantile(std::span<const double> sorted, double fraction);

/// Returns the median of `values` (at least one): of an even number the mean of the middle two.
double Median(std::vector<double> values);

}  // namespace mhcnn
