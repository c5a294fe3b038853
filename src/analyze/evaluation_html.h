#pragma once

#include <string>
#include <vector>

#include "analyze/case_pictures.h"
#include "analyze/evaluation.h"
#include "analyze/evaluation_json.h"

namespace mhcnn {

/// What the page shows of single cases.
struct ShownCases {
  std::vector<WorstCases> worst;
  CasePictures pictures;
};

/// One page that needs no other file: tables of all lines with intervals and baselines, figures,
/// strata, the worst cases, what could not be measured, and what each figure means.
std::string EvaluationHtml(const EvaluationSubject& subject, const Evaluation& evaluation,
                           const std::vector<EvaluatedCase>& cases, const ShownCases& shown);

}  // namespace mhcnn
