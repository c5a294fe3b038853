#include "mhcnn/page/page_texts.h"

#include <nlohmann/json.hpp>

#include "mhcnn/base/text.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/results/flag_texts.h"
#include "mhcnn/results/statements.h"

namespace mhcnn {

using nlohmann::json;

json PageTextsJson(const StringTable& flags) {
  json words = {
      {"flags", json::array()}, {"errors", json::object()}, {"categories", json::object()}};
  for (const auto& flag : flags.words()) {
    words["flags"].push_back({{"word", ToDisplayText(flag)},
                              {"sentence", ToDisplayText(FlagSentence(flag))},
                              {"advice", FlagAdvice(flag)},
                              {"leave_out", FlagAdvisesExclusion(flag)}});
  }
  for (const auto& error : AllErrorDescriptions())
    words["errors"][error.code] = {{"meaning", error.meaning}, {"advice", error.advice}};
  for (const DensityCategory category : kDensityCategories)
    words["categories"][ToLetter(category)] = CategoryDescription(category);
  return words;
}

}  // namespace mhcnn
