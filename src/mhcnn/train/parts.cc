#include "mhcnn/train/parts.h"

#include "mhcnn/base/error.h"
#include "mhcnn/base/options.h"

namespace mhcnn {

std::set<Part> ParseParts(const std::vector<std::string>& names, const std::string& key) {
  static constexpr Part kAll[] = {Part::kEncoder, Part::kDecoder, Part::kSegmentationHead,
                                  Part::kRegressionHead, Part::kClassificationHead};
  std::set<Part> parts;
  for (const auto& name : names) {
    std::vector<std::string> known;
    bool found = false;
    for (const Part part : kAll) {
      known.emplace_back(PartName(part));
      if (name == PartName(part)) found = parts.insert(part).second || true;
    }
    if (found) continue;
    const std::string nearest = Nearest(name, known);
    throw Error(ErrorCode::kUsage, "key '" + key + "': '" + name + "' is no part of the network",
                "", nearest.empty() ? "" : "did you mean '" + nearest + "'?");
  }
  return parts;
}

}  // namespace mhcnn
