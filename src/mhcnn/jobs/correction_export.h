#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mhcnn/jobs/corrections.h"
#include "mhcnn/jobs/exams.h"

namespace mhcnn {

class JobStore;

/// An exam that a reader corrected or accepted.
struct CorrectedExam {
  Correction correction;               ///< newest correction
  Exam exam;                           ///< the exam in its present state
  std::vector<ReceivedObject> images;  ///< its images whose files exist
};

/// Exams for `mhcnn calibrate`.
struct CorrectedExams {
  std::vector<CorrectedExam> exams;  ///< by the time of their corrections, the oldest first
  int of_earlier_revision = 0;       ///< number left out: images came or changed afterwards
  int without_images = 0;            ///< number left out: the retention removed the images
  /// Begin of the next page, if there are more corrections: `since` and `after`.
  std::optional<std::pair<StoreTime, std::int64_t>> next;
};

/// Reads the exams whose newest correction was made at or after the moment, of at most `limit`
/// corrections. `after`: of the moment itself, only exams with a larger number.
CorrectedExams ReadCorrectedExams(JobStore& store, StoreTime since, int limit,
                                  std::int64_t after = 0);

/// Returns the manifest that `mhcnn calibrate` reads (docs/datasets.md): a line for each image with
/// the category and the percent of its exam. `image_path` returns the path of an image. The column
/// patient_id distinguishes patients and is made of a hash: the file names no patient.
std::string CalibrationManifest(
    const CorrectedExams& corrected,
    const std::function<std::string(const ReceivedObject& image)>& image_path);

/// Returns a correction as the API has it: version, exam, revision, category, percent, comment,
/// author, made, accepted, model_category, model_percent.
nlohmann::json CorrectionToJson(const Correction& correction);

}  // namespace mhcnn
