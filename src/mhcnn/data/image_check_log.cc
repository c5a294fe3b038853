#include "mhcnn/data/image_check_log.h"

#include <nlohmann/json.hpp>

#include "mhcnn/base/text.h"
#include "mhcnn/data/masks.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

Json ToJson(const ImageCheck& e) {
  Json problems = Json::array();
  for (const auto& p : e.problems)
    problems.push_back({p.kind, EscapeText(p.subject), EscapeText(p.text)});
  return {
      {"readable", e.readable},
      {"file_hash", e.file_hash},
      {"pixel_hash", e.pixel_hash},
      {"rows", e.rows},
      {"columns", e.columns},
      {"vendor", e.vendor},
      {"laterality", static_cast<int>(e.laterality)},
      {"view", static_cast<int>(e.view)},
      {"patient_id", EscapeText(e.patient_id)},
      {"study_id", EscapeText(e.study_id)},
      {"mask_percent", e.mask_percent ? Json(*e.mask_percent) : Json()},
      {"masks", {EscapeText(e.breast_mask), EscapeText(e.dense_mask), EscapeText(e.pectoral_mask)}},
      {"problems", problems}};
}

ImageCheck FromJson(const Json& json) {
  ImageCheck e;
  e.readable = json.at("readable");
  e.file_hash = json.at("file_hash");
  e.pixel_hash = json.at("pixel_hash");
  e.rows = json.at("rows");
  e.columns = json.at("columns");
  e.vendor = json.at("vendor");
  e.laterality = static_cast<Laterality>(json.at("laterality").get<int>());
  e.view = static_cast<View>(json.at("view").get<int>());
  if (!json.at("mask_percent").is_null()) e.mask_percent = json.at("mask_percent").get<double>();
  const auto text = [](const Json& value) { return UnescapeText(value.get<std::string>()); };
  e.patient_id = text(json.at("patient_id"));
  e.study_id = text(json.at("study_id"));
  e.breast_mask = text(json.at("masks").at(0));
  e.dense_mask = text(json.at("masks").at(1));
  e.pectoral_mask = text(json.at("masks").at(2));
  for (const auto& p : json.at("problems"))
    e.problems.push_back({p.at(0), text(p.at(1)), text(p.at(2))});
  return e;
}

const AppendLogFormat& Format() {
  static const AppendLogFormat format{.schema = "mhcnn-image-checks/1",
                                      .name = "the journal of mhcnn prepare",
                                      .remedy = "delete it to examine every image again",
                                      .when_full = "run the same command again",
                                      .field_without_header = "key"};
  return format;
}

}  // namespace

ImageCheckLog::ImageCheckLog(const fs::path& path) : log_(path, Format()) {
  const Json header = ReadAppendLog(path, Format(), [&](const Json& record, std::uint64_t) {
    try {
      done_.insert_or_assign(UnescapeText(record.at("key").get<std::string>()), FromJson(record));
    } catch (const Json::exception&) {
      // Not what this program writes: counts as not written.
    }
  });
  if (header.is_null()) {
    log_.Restart(Json::object());
  } else {
    log_.Continue();
  }
}

std::optional<ImageCheck> ImageCheckLog::Find(const std::string& key) const {
  const auto found = done_.find(key);
  if (found == done_.end()) return std::nullopt;
  for (const auto* mask :
       {&found->second.breast_mask, &found->second.dense_mask, &found->second.pectoral_mask}) {
    if (!mask->empty() && !fs::exists(StripMaskLabels(*mask))) return std::nullopt;
  }
  return found->second;
}

void ImageCheckLog::Add(const std::string& key, const ImageCheck& examination) {
  Json record = ToJson(examination);
  record["key"] = EscapeText(key);
  log_.Append(record);
}

}  // namespace mhcnn
