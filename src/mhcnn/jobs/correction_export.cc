#include "mhcnn/jobs/correction_export.h"

#include <nlohmann/json.hpp>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/jobs/job_store.h"
#include "mhcnn/jobs/utc_time.h"

namespace mhcnn {
namespace {

/// Returns the same text for all exams of a patient, without name or number of the patient.
std::string PatientKey(const Exam& exam) {
  const std::string of =
      exam.patient_id.empty() ? "study|" + exam.study_uid : exam.issuer + "|" + exam.patient_id;
  return "P" + Sha256Hex("mhcnn patient|" + of).substr(0, 12);
}

}  // namespace

CorrectedExams ReadCorrectedExams(JobStore& store, StoreTime since, int limit, std::int64_t after) {
  CorrectedExams all;
  auto corrections = store.corrections().Since(since, limit + 1, after);
  if (corrections.size() > static_cast<std::size_t>(limit)) {
    corrections.pop_back();
    all.next = {corrections.back().made, corrections.back().exam};
  }
  for (Correction& correction : corrections) {
    std::optional<Exam> exam = store.exams().Find(correction.exam);
    if (!exam) continue;
    if (exam->revision != correction.revision) {
      ++all.of_earlier_revision;
      continue;
    }
    auto images = store.objects().ListForExam(exam->id);
    if (images.empty()) {
      ++all.without_images;
      continue;
    }
    all.exams.push_back({std::move(correction), std::move(*exam), std::move(images)});
  }
  return all;
}

std::string CalibrationManifest(
    const CorrectedExams& corrected,
    const std::function<std::string(const ReceivedObject& image)>& image_path) {
  std::string csv = "image,percent_density,category,patient_id\n";
  for (const auto& [correction, exam, images] : corrected.exams) {
    for (const ReceivedObject& image : images) {
      csv +=
          CsvLine({image_path(image), correction.percent, correction.category, PatientKey(exam)});
    }
  }
  return csv;
}

nlohmann::json CorrectionToJson(const Correction& correction) {
  return {{"version", correction.version},
          {"exam", correction.exam},
          {"revision", correction.revision},
          {"category", correction.category},
          {"percent", correction.percent},
          {"comment", correction.comment},
          {"author", correction.author},
          {"made", ToUtcText(correction.made)},
          {"accepted", correction.accepted()},
          {"model_category", correction.model_category},
          {"model_percent", correction.model_percent}};
}

}  // namespace mhcnn
