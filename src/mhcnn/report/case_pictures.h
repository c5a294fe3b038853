#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluated_case.h"
#include "mhcnn/evaluate/predictor.h"

namespace mhcnn {

/// List of cases with the worst results of the method.
struct WorstCases {
  /// Heading of the list.
  std::string title;
  std::vector<std::size_t> cases;  ///< indices, worst first
};

/// Returns the cases with the lowest Dice of dense tissue and the largest percent errors (of the
/// masks, else of the regression head), `count` each; lists without a case are left out.
std::vector<WorstCases> FindWorstCases(const std::vector<EvaluatedCase>& cases, std::size_t count);

/// JPEGs of cases by their index: the image with the true outlines, and next to it the image with
/// the predicted outlines.
using CasePictures = std::map<std::size_t, std::vector<std::uint8_t>>;

/// Predicts the listed samples again and draws them; those that cannot be drawn are left out.
/// `samples` are those of the cases, in their order. Throws Error(kInterrupted).
CasePictures DrawWorstCases(const std::vector<WorstCases>& worst,
                            const std::vector<Sample>& samples, const Predictor& predictor,
                            int threads);

}  // namespace mhcnn
