#include "fine_tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/model/checkpoint.h"

namespace mhcnn {
namespace fs = std::filesystem;

namespace {

/// Number of images seen in all: about the 40 epochs of 48 images of the cross-validation in
/// docs/evidence.md.
constexpr double kImagesSeen = 1600;

/// Sets `section`.key for each of `json`'s fields that a recipe has.
void Adopt(Options& options, const std::string& section, const nlohmann::json& json) {
  for (const auto& [key, value] : json.items()) {
    if (key == "masks" || key == "clip_low" || key == "clip_high") continue;  // fixed
    // Numbers, texts and lists of JSON are also valid TOML.
    options.Override(fmt::format("{}.{}={}", section, key, value.dump()));
  }
}

}  // namespace

void StartFrom(Options& options, const fs::path& checkpoint) {
  const Checkpoint start = ReadCheckpoint(checkpoint);
  Adopt(options, "network", start.network);
  Adopt(options, "preprocess", start.preprocess);
  options.Override("training.pretrained=" +
                   nlohmann::json(fs::absolute(checkpoint).lexically_normal().string()).dump());
}

int EpochsFor(std::size_t images) {
  const double epochs = kImagesSeen / static_cast<double>(std::max<std::size_t>(1, images));
  return static_cast<int>(std::clamp(std::lround(epochs), 8L, 80L));
}

}  // namespace mhcnn
