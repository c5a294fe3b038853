#include "mhcnn/service/api/exam_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "mhcnn/jobs/exam_summary.h"
#include "mhcnn/jobs/utc_time.h"
#include "mhcnn/results/number_text.h"

namespace mhcnn {

using nlohmann::json;

namespace {

json PercentJson(const ExamSummary& summary, const char* name) {
  const auto percent = summary.Number(name);
  if (!percent) return nullptr;
  return PercentText(*percent);
}

json Dense(const std::string& category) {
  if (category.empty()) return nullptr;
  return category == "c" || category == "d";
}

/// Returns the key of an image's picture, as the worker wrote it into the summary; "" without one.
std::string PictureKey(const ExamSummary& summary, const std::string& sop_uid) {
  const json& all = summary.json();
  const auto images = all.find("images_measured");
  if (sop_uid.empty() || images == all.end() || !images->is_array()) return {};
  for (const json& image : *images) {
    if (image.is_object() && image.value("sop_uid", "") == sop_uid)
      return image.value("picture", "");
  }
  return {};
}

/// Returns the keys of the pictures of the four views; "" for a view without a picture.
json PictureKeys(const ExamSearchResult& found, const ExamSummary& summary) {
  json keys = json::array();
  for (const std::string& uid : found.views) {
    const std::string key = PictureKey(summary, uid);
    const bool there =
        std::ranges::find(found.small_pictures, key + "-small.jpg") != found.small_pictures.end();
    keys.push_back(there ? key : "");
  }
  return keys;
}

/// Returns whether the summary of an exam belongs to its newest revision.
bool IsCurrent(const ExamSummary& summary, const Exam& exam) {
  return summary.Revision().value_or(exam.revision) == exam.revision;
}

}  // namespace

bool HasCurrentFigures(const Exam& exam) { return IsCurrent(ExamSummary(exam.summary), exam); }

json ExamSummaryJson(const ExamSearchResult& found) {
  const Exam& exam = found.exam;
  ExamSummary summary(exam.summary);
  if (!IsCurrent(summary, exam)) summary = ExamSummary("");
  const std::string letter = summary.Category();
  return {{"id", exam.id},
          {"study_uid", exam.study_uid},
          {"patient_id", exam.patient_id},
          {"issuer", exam.issuer},
          {"study_date", exam.study_date},
          {"state", ExamStateName(exam.state)},
          {"revision", exam.revision},
          {"images", exam.images},
          {"incomplete", exam.incomplete},
          {"changed", ToUtcText(exam.changed)},
          {"reason", exam.reason},
          {"percent", PercentJson(summary, "percent_density")},
          {"percent_low", PercentJson(summary, "percent_low")},
          {"percent_high", PercentJson(summary, "percent_high")},
          {"category", letter},
          {"category_corrected", found.category},
          {"percent_corrected", found.percent},
          {"thumbnails", PictureKeys(found, summary)},
          {"dense", Dense(found.category.empty() ? letter : found.category)},
          {"flags", summary.Flags()}};
}

}  // namespace mhcnn
