#include "mhcnn/page/page_words.h"

#include <nlohmann/json.hpp>

#include "mhcnn/base/text.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/results/flag_words.h"
#include "mhcnn/results/statements.h"

namespace mhcnn {

using nlohmann::json;

json PageWords(const SharedWords& flags) {
  json words = {
      {"flags", json::array()}, {"errors", json::object()}, {"categories", json::object()}};
  for (const auto& flag : flags.words()) {
    words["flags"].push_back({{"word", ShownText(flag)},
                              {"sentence", ShownText(FlagSentence(flag))},
                              {"advice", FlagAdvice(flag)},
                              {"leave_out", FlagAdvisesToLeaveOut(flag)}});
  }
  for (const auto& error : AllErrorWords())
    words["errors"][error.code] = {{"meaning", error.meaning}, {"advice", error.advice}};
  for (const DensityCategory category : kDensityCategories)
    words["categories"][ToLetter(category)] = CategoryWords(category);
  return words;
}

}  // namespace mhcnn
