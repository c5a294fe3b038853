#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/train/device.h"
#include "mhcnn/train/recipe.h"

namespace mhcnn {

class ProcessGroup;
namespace nn {
class GraphModule;
}

/// Options of the training of a run.
struct TrainerOptions {
  std::filesystem::path output;                   ///< the run's folder
  TrainingDevice device = TrainingDevice::kAuto;  ///< where the network is computed
  bool quiet = false;                             ///< whether to write no lines on standard output
  bool restart = false;                           ///< whether to start over instead of resuming
  /// Steps of this call after which the run stops, to be resumed; 0: it runs to the end.
  std::uint64_t max_steps = 0;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const {
    if (output.empty()) throw Error(ErrorCode::kUsage, "output names no folder");
  }
};

/// Trains a recipe in phases. Its folder contains: recipe.toml, run.json (provenance),
/// metrics.csv (a row for each epoch), events.out.tfevents.mhcnn (for TensorBoard), samples/
/// (a picture for each epoch), state.safetensors (for the resume), checkpoint.safetensors
/// (for export; the averaged weights if there are any) and best.safetensors (the same of the
/// last phase's epoch with the lowest validation loss; of an earlier phase until there is
/// one).
class Trainer {
 public:
  /// Reads the data, builds the network, and loads the state of an earlier call if there is one.
  /// `group`: the processes that train together on one file system, each with a Trainer of the
  /// same arguments; the first writes. Throws Error, kUsage if the recipe differs from the
  /// run's.
  Trainer(const Recipe& recipe, const std::string& recipe_text, const TrainerOptions& options,
          ProcessGroup* group = nullptr);
  ~Trainer();

  /// Runs to the end or max_steps. Throws Error: kInterrupted (state saved), kInternal (loss not
  /// finite).
  void Run();
  /// Returns whether all phases are done.
  bool finished() const;
  /// Returns the network as it is now.
  const nn::GraphModule& network() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mhcnn
