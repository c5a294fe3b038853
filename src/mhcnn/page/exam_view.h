#pragma once

#include <string>
#include <vector>

#include "mhcnn/results/studies.h"

namespace mhcnn {

/// Returns what a page shows of one exam, a JSON object: `details` (ExamDetails), `row` (ExamRow),
/// `words` (PageTextsJson of the row's flags), and `pictures`, the images with a picture: `key`,
/// `sop_uid` and `name`. `results` are those of the exam, without masks. Throws Error(kInternal) if
/// the exam is not that of the results.
std::string ExamView(const std::vector<Result>& results, const StudyResult& study, double coverage);

}  // namespace mhcnn
