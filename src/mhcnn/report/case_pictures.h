#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluated_case.h"
#include "mhcnn/evaluate/predictor.h"

namespace mhcnn {

/// A list of cases to look at: where the method did worst.
struct WorstCases {
  /// Heading of the list.
  std::string title;
  std::vector<std::size_t> cases;  ///< indices, worst first
};

/// The lowest Dice of dense tissue and the largest percent errors (of the masks, else of the
/// regression head), `count` each; lists without a case are left out.
std::vector<WorstCases> FindWorst(const std::vector<EvaluatedCase>& cases, std::size_t count);

/// JPEGs of cases by their index: the picture with the true outlines beside it with the predicted
/// ones.
using CasePictures = std::map<std::size_t, std::vector<std::uint8_t>>;

/// Finds the listed samples anew; those that cannot be drawn are left out. `samples` are those of
/// the cases, in their order. Throws Error(kInterrupted).
CasePictures DrawWorst(const std::vector<WorstCases>& worst, const std::vector<Sample>& samples,
                       const Predictor& predictor, int threads);

}  // namespace mhcnn
