#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/train/recipe.h"
#include "mhcnn/train/run_state.h"

namespace mhcnn {

/// Returns the provenance of a run: recipe, seed, data (counts, categories, percent densities, a
/// hash of the manifest), machine, versions, revision, and what was learned of the readers.
nlohmann::json Provenance(const Recipe& recipe, const RunState& state,
                          const std::vector<Sample>& samples);

}  // namespace mhcnn
