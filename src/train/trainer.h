#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "train/dataset.h"
#include "train/recipe.h"
#include "train/run_state.h"
#include "train/validation.h"

namespace mhcnn {

struct TrainerOptions {
  std::filesystem::path output;  ///< the run's folder
  bool restart = false;          ///< start over instead of resuming what is there
  std::uint64_t max_steps =
      0;  ///< stop, resumable, after so many steps of this call; 0: go to the end
};

/// Trains a recipe in phases. Its folder holds: recipe.toml, run.json (what produced it),
/// metrics.csv (a row an epoch), state.safetensors (for the resume), checkpoint.safetensors (for
/// export; the averaged weights where there are any) and best.safetensors (the same of the last
/// phase's epoch with the lowest validation loss; of an earlier phase until there is one).
class Trainer {
 public:
  /// Reads the data, builds the network, and takes up the state of an earlier call where there is
  /// one. Throws Error, kUsage where the recipe differs from the run's.
  Trainer(const Recipe& recipe, const std::string& recipe_text, const TrainerOptions& options);
  ~Trainer();

  /// Runs to the end or max_steps. Throws Error: kInterrupted (state saved), kInternal (loss not
  /// finite).
  void Run();
  bool finished() const;
  const nn::GraphModule& network() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mhcnn
