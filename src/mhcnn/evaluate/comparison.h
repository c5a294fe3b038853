#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluated_case.h"
#include "mhcnn/stats/paired.h"

namespace mhcnn {

/// One value a case, of two methods on the same images.
struct ComparisonRow {
  /// Name and unit of the value.
  std::string metric, unit;
  /// The larger value is the better one.
  bool higher_is_better = true;
  Statistic first, second;  ///< means over the cases
  /// Cases of which one alone has the value; they are in neither mean.
  std::size_t only_first = 0, only_second = 0;
  /// Statistics of second - first. Without a case all of it is undefined.
  PairedComparison paired;
  std::optional<McNemarTest> mcnemar;  ///< where the value is right or wrong
};

/// Two methods on the same images.
struct Comparison {
  std::string first, second;  ///< the methods
  std::size_t images = 0;     ///< measured by both
  /// Images that the one has not measured (perhaps neither has); they enter nothing.
  std::vector<std::string> not_by_first, not_by_second;
  /// One line for each metric.
  std::vector<ComparisonRow> lines;
};

/// Dice of each class (1 of a method that draws nothing where nothing is, and the other draws
/// something), tissue Dice, absolute percent error (masks and regression head) and category
/// right, on the cases that both have. Throws Error(kUsage) naming images that only one of the two
/// holds, or whose truths differ.
Comparison CompareEvaluations(const std::string& first_name,
                              const std::vector<EvaluatedCase>& first,
                              const std::string& second_name,
                              const std::vector<EvaluatedCase>& second,
                              const BootstrapOptions& bootstrap = {},
                              const PermutationOptions& permutation = {});

}  // namespace mhcnn
