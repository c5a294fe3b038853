#pragma once

#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluated_case.h"

namespace mhcnn {

/// Says what speaks against the labels of cases (docs/evaluation.md, "Labels in doubt"): a sentence
/// for each finding, with how many images and the first of them. Nothing is left out for it.
std::vector<std::string> DoubtsOfLabels(const std::vector<EvaluatedCase>& cases);

}  // namespace mhcnn
