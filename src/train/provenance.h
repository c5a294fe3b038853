#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/manifest.h"
#include "train/recipe.h"
#include "train/run_state.h"

namespace mhcnn {

/// What produced a run: recipe, seed, data (counts, categories, percents, a hash of the manifest),
/// machine, versions, revision, and what was learned of the readers.
nlohmann::json Provenance(const Recipe& recipe, const RunState& state,
                          const std::vector<Sample>& samples);

}  // namespace mhcnn
