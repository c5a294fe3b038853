#pragma once

#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluation.h"
#include "mhcnn/evaluate/evaluation_json.h"
#include "mhcnn/report/case_pictures.h"

namespace mhcnn {

/// Single cases that the page shows.
struct ShownCases {
  /// Lists of cases.
  std::vector<WorstCases> worst;
  /// Pictures of these cases.
  CasePictures pictures;
};

/// Returns one page that needs no other file: tables of all lines with intervals and baselines,
/// figures, strata, the worst cases, images that were not measured, and what each figure means.
std::string EvaluationHtml(const EvaluationSubject& subject, const Evaluation& evaluation,
                           const std::vector<EvaluatedCase>& cases, const ShownCases& shown);

}  // namespace mhcnn
