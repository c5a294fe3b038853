#include "mhcnn/page/exam_view.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/page/exam_rows.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/page/page_texts.h"
#include "mhcnn/page/script_text.h"

namespace mhcnn {

using nlohmann::json;

std::string ExamView(const std::vector<Result>& results, const StudyResult& study,
                     double coverage) {
  const auto groups = GroupStudies(results, StudyBy::kAuto);
  const auto group =
      std::ranges::find_if(groups, [&](const StudyGroup& g) { return g.name == study.study; });
  if (group == groups.end())
    throw Error(ErrorCode::kInternal, "the exam is not that of the results");
  const PageExam exam{&study, &*group};
  StringTable flags;
  const std::string row = ExamRow(exam, FindCommonFolder(results), flags);
  const std::string details = ExamDetails(exam, coverage);
  std::string pictures;
  // In the order of the details, which give the images' names.
  const json parsed = json::parse(details);  // it must live as long as the loop
  for (const auto& image : parsed.at("images")) {
    if (!image.contains("key")) continue;
    const std::string key = image.at("key");
    const auto same = [&](const Result* r) { return PagePictureKey(r->metadata.path) == key; };
    const auto result = std::ranges::find_if(group->images, same);
    if (result == group->images.end()) continue;
    pictures += (pictures.empty() ? "" : ",") + ("{\"key\":" + ToJsonString(key)) +
                ",\"sop_uid\":" + ToJsonString((*result)->metadata.sop_uid) +
                ",\"name\":" + ToJsonString(image.at("name").get<std::string>()) + "}";
  }
  // Joined as texts, so that figures keep their digits.
  return "{\"details\":" + details + ",\"row\":" + row +
         ",\"words\":" + PageTextsJson(flags).dump(-1, ' ', true, json::error_handler_t::replace) +
         ",\"pictures\":[" + pictures + "]}";
}

}  // namespace mhcnn
