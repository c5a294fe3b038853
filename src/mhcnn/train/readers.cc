#include "mhcnn/train/readers.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/nn/reader_model.h"

namespace mhcnn {

std::vector<std::string> ReaderNames(const std::vector<Sample>& samples,
                                     const std::string& manifest) {
  std::set<std::string> names;
  for (const Sample& sample : samples) {
    if (sample.split == "train" && !sample.reader.empty()) names.insert(sample.reader);
  }
  if (names.empty()) {
    throw Error(ErrorCode::kUsage, "has no training image with a reader", manifest,
                "loss.readers needs the column 'reader' (docs/datasets.md)");
  }
  return {names.begin(), names.end()};
}

nlohmann::json ReadersToJson(const AuxiliaryState& learned) {
  nlohmann::json readers = nlohmann::json::object();
  const auto rates = nn::ToReaderRates(learned.readers);
  for (std::size_t i = 0; i < rates.size(); ++i) {
    readers[learned.reader_names.at(i)] = {{"sensitivity", rates[i].sensitivity},
                                           {"specificity", rates[i].specificity}};
  }
  return readers;
}

std::string ReadersToText(const AuxiliaryState& learned) {
  std::string text;
  const auto rates = nn::ToReaderRates(learned.readers);
  for (std::size_t i = 0; i < rates.size(); ++i) {
    text += fmt::format("reader {}: marks {:.1f} % of dense pixels and {:.2f} % of the others\n",
                        learned.reader_names.at(i), 100 * rates[i].sensitivity,
                        100 * (1 - rates[i].specificity));
  }
  return text;
}

}  // namespace mhcnn
