#pragma once

#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluated_case.h"

namespace mhcnn {

/// Returns evidence against the labels of cases (docs/evaluation.md, "Labels in doubt"): a sentence
/// for each finding, with the number of images and the first of them. No image is left out for it.
std::vector<std::string> FindLabelDoubts(const std::vector<EvaluatedCase>& cases);

}  // namespace mhcnn
