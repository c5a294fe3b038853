#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mhcnn/nn/adamw.h"
#include "mhcnn/nn/graph_module.h"
#include "mhcnn/train/readers.h"
#include "mhcnn/train/schedule.h"

namespace mhcnn {

/// Position of a run. With the tensors it is one file, replaced as a whole, so that a kill at any
/// moment leaves a state that resumes to the same weights.
struct RunPosition {
  std::uint64_t phase = 0;                        ///< index of the phase
  std::uint64_t epoch = 0;                        ///< epoch within the phase
  std::uint64_t step = 0;                         ///< batches done within the epoch
  std::uint64_t epochs_done = 0, steps_done = 0;  ///< counts since the beginning
  std::vector<double> sums;                       ///< sums of the losses of this epoch so far
};

/// State that a resume needs in addition to the tensors.
struct RunState {
  /// Position of the run.
  RunPosition position;
  std::string recipe;        ///< TOML text; a resume with another one is refused
  std::string metrics;       ///< metrics.csv so far
  std::string data;          ///< fingerprint of the manifest; a resume with other data is refused
  std::string forward;       ///< name of the way in which this run computes the network
  PlateauTracker watch;      ///< validation losses of the phase
  bool improved = false;     ///< whether the last epoch's validation loss is the phase's lowest
  std::uint64_t events = 0;  ///< size of the event file in bytes
  /// Numbers learned in addition to the weights.
  AuxiliaryState learned;
};

/// Saves a state. The optimiser's moments are stored under the parameters' names.
void SaveRunState(const std::filesystem::path& path, const RunState& state,
                  const nn::GraphModule& network, const nn::GraphModule* average,
                  const nn::AdamW& optimizer);
/// Loads a state; the weights go into `network`, the averaged ones into `average` where it is not
/// null. Throws Error(kCorrupt).
RunState LoadRunState(const std::filesystem::path& path, nn::GraphModule& network,
                      nn::GraphModule* average);
/// Loads only the moments, into an optimiser made for the position's phase.
void LoadOptimizer(const std::filesystem::path& path, nn::AdamW& optimizer);

/// Returns the first line in which two recipes differ, for the message that refuses a resume.
std::string FirstDifference(const std::string& before, const std::string& now);

}  // namespace mhcnn
