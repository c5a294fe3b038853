#pragma once

#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluation.h"
#include "mhcnn/evaluate/evaluation_json.h"
#include "mhcnn/report/case_pictures.h"

namespace mhcnn {

/// What the page shows of single cases.
struct ShownCases {
  /// Lists of cases.
  std::vector<WorstCases> worst;
  /// Pictures of these cases.
  CasePictures pictures;
};

/// One page that needs no other file: tables of all lines with intervals and baselines, figures,
/// strata, the worst cases, what could not be measured, and what each figure means.
std::string EvaluationHtml(const EvaluationSubject& subject, const Evaluation& evaluation,
                           const std::vector<EvaluatedCase>& cases, const ShownCases& shown);

}  // namespace mhcnn
