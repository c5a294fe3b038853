#include "mhcnn/page/exam_rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/base/text.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/page/script_text.h"
#include "mhcnn/results/exam_order.h"
#include "mhcnn/results/exam_results.h"
#include "mhcnn/results/hanging_protocol.h"
#include "mhcnn/results/number_text.h"
#include "mhcnn/results/page_text.h"

namespace mhcnn {
namespace {

using nlohmann::json;

std::string DumpJson(const json& value) {
  return value.dump(-1, ' ', true, json::error_handler_t::replace);
}

/// A printed figure as a number of JSON with its digits.
std::string NumberOrNull(const std::string& printed) { return printed.empty() ? "null" : printed; }

json Text(const std::string& raw) { return ToDisplayText(raw); }

/// Printed, so that the page shows the digits of the tables.
json Printed(const std::string& printed) { return printed.empty() ? json() : json(printed); }

std::string ErrorCodeText(const std::string& error) { return error.substr(0, error.find(':')); }

/// The images of an exam in their order, with numbers; without pixels and headers.
std::vector<ExamImage> ListImages(const StudyGroup& group) {
  std::vector<ExamImage> images(group.images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    images[i].result = *group.images[i];
    images[i].header.metadata = group.images[i]->metadata;
    images[i].is_dicom = !group.images[i]->metadata.sop_class_uid.empty();
  }
  SortAndNumber(images);
  return images;
}

std::string FindStudyDate(const StudyGroup& group) {
  for (const Result* result : group.images) {
    if (!result->metadata.study_date.empty()) return ToIsoDate(result->metadata.study_date);
  }
  return {};
}

std::string BreastPercentText(const std::optional<BreastResult>& breast) {
  return breast ? PercentText(breast->percent_density) : std::string();
}

/// Returns the keys of the pictures R CC, L CC, R MLO and L MLO. A missing picture has the key "".
/// Images of other views take the free places.
json Thumbnails(const std::vector<ExamImage>& images) {
  json keys = {"", "", "", ""};
  for (const auto& row : HangImages(images).rows) {
    const std::size_t line =
        row.view == "MLO" || (row.view.empty() && (keys[0] != "" || keys[1] != "")) ? 2 : 0;
    for (const std::size_t side : {0U, 1U}) {
      if (!row.image[side]) continue;
      const Result& result = images[*row.image[side]].result;
      if (result.ok()) keys[line + side] = PagePictureKey(result.metadata.path);
    }
  }
  return keys;
}

/// The paths of an exam: the folder they have in common, and the rest of each.
json Files(const std::vector<ExamImage>& images, const std::string& shared) {
  json files = json::array();
  std::string folder;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::string& path = images[i].result.metadata.path;
    const std::string own = path.substr(0, path.rfind('/') + 1);
    if (i == 0) folder = own;
    while (!path.starts_with(folder))
      folder.erase(folder.size() < 2 ? 0 : folder.rfind('/', folder.size() - 2) + 1);
  }
  files.push_back(Text(folder.substr(std::min(folder.size(), shared.size()))));
  for (const auto& image : images)
    files.push_back(Text(image.result.metadata.path.substr(folder.size())));
  return files;
}

json ImageDetails(const ExamImage& image) {
  const Result& r = image.result;
  json details = {{"name", image.Name()},
                  {"path", Text(r.metadata.path)},
                  {"side", LateralityName(r.metadata.laterality)},
                  {"view", ViewName(r.metadata.view)},
                  {"flags", r.flags}};
  if (!r.ok()) {
    details["error"] = Text(r.error);
    return details;
  }
  details["key"] = PagePictureKey(r.metadata.path);
  details["range"] = r.category_range ? ToText(*r.category_range) : "";
  if (r.category) {
    for (const double p : r.probabilities) details["probabilities"].push_back(ProbabilityText(p));
  }
  return details;
}

const char* KindName(ScaleRow::Kind kind) {
  return kind == ScaleRow::Kind::kImage    ? "image"
         : kind == ScaleRow::Kind::kBreast ? "breast"
                                           : "exam";
}

json ScaleDetails(const ScaleRow& row) {
  return {{"kind", KindName(row.kind)},
          {"label", row.label},
          {"percent", Printed(row.percent_text)},
          {"low", Printed(PercentText(row.low))},
          {"high", Printed(PercentText(row.high))},
          {"category", row.category_text},
          {"dense", Printed(row.dense_text)},
          {"breast", Printed(row.breast_text)},
          {"problem", row.problem}};
}

}  // namespace

std::size_t StringTable::FindOrAdd(const std::string& word) {
  const auto found = std::ranges::find(words_, word);
  if (found != words_.end()) return static_cast<std::size_t>(found - words_.begin());
  words_.push_back(word);
  return words_.size() - 1;
}

std::string ExamRow(const PageExam& exam, const std::string& shared, StringTable& flags) {
  const StudyResult& s = *exam.study;
  const auto images = ListImages(*exam.group);
  std::string probabilities, numbers;
  for (const double p : s.probabilities)
    probabilities += (probabilities.empty() ? "" : ",") + ProbabilityText(p);
  for (const auto& flag : s.flags)
    numbers += (numbers.empty() ? "" : ",") + std::to_string(flags.FindOrAdd(flag));
  std::set<std::string> codes;
  for (const Result* result : exam.group->images) {
    if (!result->ok()) codes.insert(ErrorCodeText(result->error));
  }
  const std::string fields[] = {
      ToJsonString(ToDisplayText(s.study)),
      ToJsonString(ToDisplayText(s.patient_id)),
      ToJsonString(FindStudyDate(*exam.group)),
      std::to_string(s.images),
      std::to_string(s.failed),
      NumberOrNull(PercentText(s.percent_density)),
      NumberOrNull(PercentText(s.percent_low)),
      NumberOrNull(PercentText(s.percent_high)),
      NumberOrNull(BreastPercentText(s.right)),
      NumberOrNull(BreastPercentText(s.left)),
      ToJsonString(ToLetter(s.category)),
      s.category ? "[" + probabilities + "]" : "null",
      "[" + numbers + "]",
      DumpJson(json(codes)),
      ToJsonString(ToDisplayText(s.error)),
      DumpJson(Thumbnails(images)),
      DumpJson(Files(images, shared)),
  };
  std::string row;
  for (const auto& field : fields) row += (row.empty() ? "[" : ",") + field;
  return row + "]";
}

std::string ExamDetails(const PageExam& exam, double coverage) {
  ExamResults whole;
  whole.exam = *exam.study;
  whole.images = ListImages(*exam.group);
  whole.model.coverage = coverage;
  const PageText text = MakePageText(whole);
  const StudyResult& s = *exam.study;
  json details = {{"study", Text(s.study)},
                  {"category_words", text.category_words},
                  {"density", text.density},
                  {"basis", text.category_basis},
                  {"interval", text.interval},
                  {"left_right", Printed(PercentText(s.left_right))},
                  {"view_difference", Printed(PercentText(s.view_difference))},
                  {"missing", s.left || s.right ? s.missing : std::vector<std::string>()},
                  {"model", Text(s.model)},
                  {"objects", s.objects},
                  {"objects_error", Text(s.objects_error)},
                  {"images", json::array()},
                  {"scale", json::array()},
                  {"hung", json::array()}};
  for (const auto& image : whole.images) details["images"].push_back(ImageDetails(image));
  for (const auto& row : text.rows) details["scale"].push_back(ScaleDetails(row));
  const Hanging hanging = HangImages(whole.images);
  for (const auto& row : hanging.rows) {
    json places = json::array();
    for (const auto& place : row.image) places.push_back(place ? json(*place) : json());
    details["hung"].push_back({{"view", row.view}, {"images", places}});
  }
  details["not_hung"] = hanging.not_hung;
  return DumpJson(details);
}

void CommonFolder::Add(const std::string& path) {
  if (!begun_) shared_ = path.substr(0, path.rfind('/') + 1);
  begun_ = true;
  while (!path.starts_with(shared_))
    shared_.erase(shared_.size() < 2 ? 0 : shared_.rfind('/', shared_.size() - 2) + 1);
}

std::string FindCommonFolder(const std::vector<Result>& results) {
  CommonFolder folder;
  for (const auto& result : results) folder.Add(result.metadata.path);
  return folder.path();
}

}  // namespace mhcnn
