#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/manifest.h"
#include "train/recipe.h"
#include "train/run_state.h"

namespace mhcnn {

/// Tells one manifest from another (of its text; the pictures it names are taken to stay).
std::string ManifestFingerprint(const std::filesystem::path& manifest);

/// What produced a run: recipe, seed, data (counts, categories, percents, a hash of the manifest),
/// machine, versions, revision.
nlohmann::json Provenance(const Recipe& recipe, const RunState& state,
                          const std::vector<Sample>& samples);

}  // namespace mhcnn
