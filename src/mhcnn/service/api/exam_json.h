#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mhcnn/jobs/exam_search.h"

namespace mhcnn {

/// Whether the figures of an exam are of its present revision. Those of an earlier revision are not
/// of the images that the exam has now, and are not shown.
bool HasPresentFigures(const Exam& exam);

/// Returns an exam as it stands in lists and events (ExamSummary of docs/api/openapi.json). Figures
/// have the digits of studies.csv. `dense` follows the reader's category where there is one.
nlohmann::json ExamSummaryJson(const FoundExam& found);

}  // namespace mhcnn
