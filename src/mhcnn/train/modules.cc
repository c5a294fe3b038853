#include "mhcnn/train/modules.h"

#include "mhcnn/base/error.h"
#include "mhcnn/base/options.h"

namespace mhcnn {

std::set<Module> ParseModules(const std::vector<std::string>& names, const std::string& key) {
  static constexpr Module kAll[] = {Module::kEncoder, Module::kDecoder, Module::kSegmentationHead,
                                    Module::kRegressionHead, Module::kClassificationHead};
  std::set<Module> modules;
  for (const auto& name : names) {
    std::vector<std::string> known;
    bool found = false;
    for (const Module module : kAll) {
      known.emplace_back(ModuleName(module));
      if (name == ModuleName(module)) found = modules.insert(module).second || true;
    }
    if (found) continue;
    const std::string nearest = Nearest(name, known);
    throw Error(ErrorCode::kUsage, "key '" + key + "': '" + name + "' is not a part of the network",
                "", nearest.empty() ? "" : "did you mean '" + nearest + "'?");
  }
  return modules;
}

}  // namespace mhcnn
