#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluated_case.h"
#include "mhcnn/stats/paired.h"

namespace mhcnn {

/// Comparison of two methods by one value for each case, on the same images.
struct ComparisonRow {
  /// Name and unit of the value.
  std::string metric, unit;
  /// Whether a larger value is better.
  bool higher_is_better = true;
  Statistic first, second;  ///< means over the cases
  /// Cases for which only one method has the value; they are in neither mean.
  std::size_t only_first = 0, only_second = 0;
  /// Statistics of second - first; all undefined without a case.
  PairedComparison paired;
  std::optional<McNemarTest> mcnemar;  ///< if the value is right or wrong
};

/// Comparison of two methods on the same images.
struct Comparison {
  std::string first, second;  ///< the methods
  std::size_t images = 0;     ///< number of images measured by both
  /// Images that one method has not measured (perhaps neither has); they are not used.
  std::vector<std::string> not_by_first, not_by_second;
  /// One line for each metric.
  std::vector<ComparisonRow> lines;
};

/// Compares two methods on the cases that both have: Dice of each class, tissue Dice, absolute
/// percent error (masks and regression head) and whether the category is right. If the reference
/// mask is empty and only one method draws nothing, the Dice of this method is 1. Throws
/// Error(kUsage) that names images which only one method has, or whose reference differs.
Comparison CompareEvaluations(const std::string& first_name,
                              const std::vector<EvaluatedCase>& first,
                              const std::string& second_name,
                              const std::vector<EvaluatedCase>& second,
                              const BootstrapOptions& bootstrap = {},
                              const PermutationOptions& permutation = {});

}  // namespace mhcnn
