#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mhcnn/jobs/exam_search.h"

namespace mhcnn {

/// Returns whether the figures of an exam are of its present revision. Figures of an earlier
/// revision do not belong to the images that the exam has now, and are not shown.
bool HasCurrentFigures(const Exam& exam);

/// Returns an exam for lists and events (ExamSummary of docs/api/openapi.json). Figures have the
/// digits of studies.csv. `dense` follows the reader's category where there is one.
nlohmann::json ExamSummaryJson(const ExamSearchResult& found);

}  // namespace mhcnn
