#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyze/evaluated_case.h"
#include "stats/paired.h"

namespace mhcnn {

/// One value a case, of two methods on the same images.
struct ComparisonLine {
  std::string metric, unit;
  bool higher_is_better = true;
  Statistic first, second;  ///< means over the cases
  /// Of second - first. Without a case all of it is undefined.
  PairedComparison paired;
  std::optional<McNemarTest> mcnemar;  ///< where the value is right or wrong
};

struct Comparison {
  std::string first, second;  ///< the methods
  std::size_t images = 0;     ///< measured by both
  std::size_t left_out = 0;   ///< not measured by one of them
  std::vector<ComparisonLine> lines;
};

/// Dice of each class, tissue Dice, absolute percent error (masks and regression head) and category
/// right, on the cases that both have. Throws Error(kUsage) naming images that only one of the two
/// holds, or whose truths differ.
Comparison CompareEvaluations(const std::string& first_name,
                              const std::vector<EvaluatedCase>& first,
                              const std::string& second_name,
                              const std::vector<EvaluatedCase>& second,
                              const BootstrapOptions& bootstrap = {},
                              const PermutationOptions& permutation = {});

}  // namespace mhcnn
