#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "mhcnn/model/network.h"
#include "mhcnn/model/tensor.h"
#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

/// A trained network as it is handed from training to export: a safetensors file whose
/// "__metadata__" holds "mhcnn.network", "mhcnn.preprocess" and "mhcnn.provenance" as JSON text.
struct Checkpoint {
  /// The network that the weights belong to.
  NetworkOptions network;
  /// How its input is made.
  PreprocessOptions preprocess;
  nlohmann::json provenance;  ///< recipe, seed, data summary, git revision, date, epochs; free-form
  TensorMap weights;          ///< exactly Parameters(BuildNetwork(network))
};

/// Throws Error(kCorrupt) that names the first tensor missing, unexpected or of another shape.
void CheckWeights(const Network& network, const TensorMap& weights);
/// True for a safetensors file that says it is one.
bool IsCheckpoint(const std::filesystem::path& path);
/// Reads a checkpoint. Throws what ReadSafetensors and CheckWeights throw.
Checkpoint ReadCheckpoint(const std::filesystem::path& path);
/// Writes a checkpoint atomically. Throws Error(kIo), and what CheckWeights throws.
void WriteCheckpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

}  // namespace mhcnn
