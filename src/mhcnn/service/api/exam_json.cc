#include "mhcnn/service/api/exam_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "mhcnn/jobs/utc_time.h"
#include "mhcnn/results/number_text.h"

namespace mhcnn {

using nlohmann::json;

namespace {

json Parsed(const std::string& summary) {
  json value = summary.empty() ? json() : json::parse(summary, nullptr, false);
  return value.is_object() ? value : json::object();
}

json PercentJson(const json& summary, const char* name) {
  const auto value = summary.find(name);
  if (value == summary.end() || !value->is_number()) return nullptr;
  return PercentText(value->get<double>());
}

json Dense(const std::string& category) {
  if (category.empty()) return nullptr;
  return category == "c" || category == "d";
}

/// Returns the key of an image's picture, as the worker wrote it into the summary; "" without one.
std::string PictureKey(const json& summary, const std::string& sop_uid) {
  const auto images = summary.find("images_measured");
  if (sop_uid.empty() || images == summary.end() || !images->is_array()) return {};
  for (const json& image : *images) {
    if (image.is_object() && image.value("sop_uid", "") == sop_uid)
      return image.value("picture", "");
  }
  return {};
}

/// Returns the keys of the pictures of the four views; "" where there is none.
json PictureKeys(const ExamSearchResult& found, const json& summary) {
  json keys = json::array();
  for (const std::string& uid : found.views) {
    const std::string key = PictureKey(summary, uid);
    const bool there =
        std::ranges::find(found.small_pictures, key + "-small.jpg") != found.small_pictures.end();
    keys.push_back(there ? key : "");
  }
  return keys;
}

}  // namespace

bool HasCurrentFigures(const Exam& exam) {
  const json summary = Parsed(exam.summary);
  const auto revision = summary.find("revision");
  return revision == summary.end() || !revision->is_number_integer() ||
         revision->get<int>() == exam.revision;
}

json ExamSummaryJson(const ExamSearchResult& found) {
  const Exam& exam = found.exam;
  const json summary = HasCurrentFigures(exam) ? Parsed(exam.summary) : json::object();
  const auto category = summary.find("category");
  const std::string letter =
      category != summary.end() && category->is_string() ? category->get<std::string>() : "";
  const auto flags = summary.find("flags");
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
          {"flags", flags != summary.end() && flags->is_array() ? *flags : json::array()}};
}

}  // namespace mhcnn
