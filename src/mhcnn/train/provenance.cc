#include "mhcnn/train/provenance.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <torch/version.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/version.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace {

nlohmann::json DataSummary(const Recipe& recipe, const std::vector<Sample>& samples) {
  std::map<std::string, int> splits, categories;
  std::vector<double> percent_densities;
  for (const auto& sample : samples) {
    ++splits[sample.split];
    if (sample.category) ++categories[ToLetter(*sample.category)];
    if (sample.percent_density) percent_densities.push_back(*sample.percent_density);
  }
  nlohmann::json summary = {{"manifest", recipe.manifest.filename().string()},
                            {"manifest_fnv1a", FileFingerprint(recipe.manifest)},
                            {"images", samples.size()},
                            {"splits", splits},
                            {"categories", categories}};
  if (!percent_densities.empty()) {
    std::sort(percent_densities.begin(), percent_densities.end());
    nlohmann::json quantiles = nlohmann::json::array();
    for (const double fraction : {0.0, 0.25, 0.5, 0.75, 1.0}) {
      quantiles.push_back(percent_densities[static_cast<std::size_t>(
          fraction * static_cast<double>(percent_densities.size() - 1))]);
    }
    summary["percent_quartiles"] = quantiles;
  }
  return summary;
}

}  // namespace

nlohmann::json Provenance(const Recipe& recipe, const RunState& state,
                          const std::vector<Sample>& samples) {
  utsname machine{};
  uname(&machine);
  nlohmann::json about = {{"recipe", state.recipe},
                          {"seed", recipe.seed},
                          {"epochs", state.position.epochs_done},
                          {"steps", state.position.steps_done},
                          {"data", DataSummary(recipe, samples)},
                          {"date", fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)))},
                          {"machine", fmt::format("{} {}, {} threads", machine.sysname,
                                                  machine.machine, AvailableThreads())},
                          {"mhcnn", Version()},
                          {"revision", MHCNN_REVISION},
                          {"computed_as", state.forward},
                          {"libtorch", TORCH_VERSION}};
  if (!state.learned.readers.empty()) about["readers"] = ReadersToJson(state.learned);
  return about;
}

}  // namespace mhcnn
