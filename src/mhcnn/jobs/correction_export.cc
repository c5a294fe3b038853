#include "mhcnn/jobs/correction_export.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/jobs/job_store.h"

namespace mhcnn {
namespace {

/// The same for all exams of a patient, and no name or number of the patient.
std::string PatientKey(const Exam& exam) {
  const std::string of =
      exam.patient_id.empty() ? "study|" + exam.study_uid : exam.issuer + "|" + exam.patient_id;
  return "P" + Sha256Hex("mhcnn patient|" + of).substr(0, 12);
}

/// The number of `count` digits at a place; nothing where there are none.
std::optional<int> Digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = 10 * number + (c - '0');
  }
  return number;
}

}  // namespace

CorrectedExams ReadCorrectedExams(JobStore& store, StoreTime since, int limit) {
  CorrectedExams all;
  for (Correction& correction : store.corrections().Since(since, limit)) {
    std::optional<Exam> exam = store.exams().Find(correction.exam);
    if (!exam) continue;
    if (exam->revision != correction.revision) {
      ++all.of_earlier_revision;
      continue;
    }
    auto images = store.objects().OfExam(exam->id);
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
          {"made", UtcText(correction.made)},
          {"accepted", correction.accepted()},
          {"model_category", correction.model_category},
          {"model_percent", correction.model_percent}};
}

std::string UtcText(StoreTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (time - seconds).count());
}

std::optional<StoreTime> ParseUtc(std::string_view text) {
  using namespace std::chrono;
  const auto year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const year_month_day date{std::chrono::year(*year),
                            std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const StoreTime midnight = sys_days(date);
  if (text.size() == 10) return midnight;
  const auto hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (!hour || !minute || !second || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  const StoreTime moment = midnight + hours(*hour) + minutes(*minute) + seconds(*second);
  if (text.substr(19) == "Z") return moment;
  const auto fraction = Digits(text, 20, 3);
  if (text.size() != 24 || text[19] != '.' || !fraction || text[23] != 'Z') return std::nullopt;
  return moment + milliseconds(*fraction);
}

}  // namespace mhcnn
