#include "mhcnn/library/public_result.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "mhcnn/results/overlay.h"
#include "mhcnn/results/results_table.h"

namespace mhcnn {
namespace {

static_assert(static_cast<int>(v0::ErrorCode::kInternal) == static_cast<int>(ErrorCode::kInternal));
static_assert(static_cast<int>(v0::ErrorCode::kLimit) == static_cast<int>(ErrorCode::kLimit));
static_assert(static_cast<int>(v0::Laterality::kRight) == static_cast<int>(Laterality::kRight));
static_assert(static_cast<int>(v0::View::kOther) == static_cast<int>(View::kOther));
static_assert(static_cast<int>(v0::Category::kD) == static_cast<int>(DensityCategory::kD));

std::optional<v0::Category> ToPublic(const std::optional<DensityCategory>& category) {
  if (!category) return std::nullopt;
  return static_cast<v0::Category>(ToIndex(*category));
}

std::string Text(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

v0::Error ToPublic(const Error& error) {
  return {static_cast<v0::ErrorCode>(error.code()), error.what(), error.subject(), error.remedy()};
}

v0::Result ToPublic(Result result) {
  v0::Result made;
  made.name = result.metadata.path;
  made.laterality = static_cast<v0::Laterality>(result.metadata.laterality);
  made.view = static_cast<v0::View>(result.metadata.view);
  made.percent_density = result.percent_density;
  made.percent_low = result.percent_low;
  made.percent_high = result.percent_high;
  made.dense_area_cm2 = result.dense_area_cm2;
  made.breast_area_cm2 = result.breast_area_cm2;
  made.category = ToPublic(result.category);
  made.probabilities = result.probabilities;
  made.flags = result.flags;
  made.error = result.error;
  made.model = result.model;
  made.seconds = result.seconds;
  made.detail = std::make_shared<v0::ResultDetail>(v0::ResultDetail{std::move(result)});
  return made;
}

v0::ExamResult ToPublic(const StudyResult& study, std::vector<v0::Result> images) {
  v0::ExamResult made;
  made.images = std::move(images);
  made.percent_density = study.percent_density;
  made.percent_low = study.percent_low;
  made.percent_high = study.percent_high;
  if (study.left) made.percent_left = study.left->percent_density;
  if (study.right) made.percent_right = study.right->percent_density;
  made.category = ToPublic(study.category);
  made.probabilities = study.probabilities;
  made.missing = study.missing;
  made.flags = study.flags;
  made.error = study.error;
  made.json = Text(StudyToJson(study));
  return made;
}

namespace v0 {

Error::Error(ErrorCode code, const std::string& line, std::string subject, std::string remedy)
    : std::runtime_error(line),
      code_(code),
      subject_(std::move(subject)),
      remedy_(std::move(remedy)) {}

Error::~Error() = default;

char ToLetter(Category category) { return static_cast<char>('a' + static_cast<int>(category)); }

v0::LabelMap Result::Labels() const {
  if (!detail || !ok() || detail->result.breast.empty()) return {};
  const cv::Mat1b labels = mhcnn::LabelMap(detail->result);
  return {labels.rows, labels.cols, {labels.begin(), labels.end()}};
}

std::string Result::ToJson() const {
  return detail ? Text(ResultToJson(detail->result)) : std::string("{}");
}

std::string ExamResult::ToJson() const { return json; }

}  // namespace v0
}  // namespace mhcnn
