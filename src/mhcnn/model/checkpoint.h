#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "mhcnn/model/network.h"
#include "mhcnn/model/tensor.h"
#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

/// Trained network between training and export: a safetensors file whose "__metadata__" contains
/// "mhcnn.network", "mhcnn.preprocess" and "mhcnn.provenance" as JSON text.
struct Checkpoint {
  /// The network that the weights belong to.
  NetworkOptions network;
  /// Options of the preparation of its input.
  PreprocessOptions preprocess;
  nlohmann::json provenance;  ///< recipe, seed, data summary, git revision, date, epochs; free-form
  TensorMap weights;          ///< exactly Parameters(BuildNetwork(network))
};

/// Throws Error(kCorrupt) that names the first tensor missing, unexpected or of another shape.
void CheckWeights(const Network& network, const TensorMap& weights);
/// Returns whether a file is a safetensors file with the metadata of a checkpoint.
bool IsCheckpoint(const std::filesystem::path& path);
/// Reads a checkpoint. Throws what ReadSafetensors and CheckWeights throw.
Checkpoint ReadCheckpoint(const std::filesystem::path& path);
/// Writes a checkpoint atomically. Throws Error(kIo), and what CheckWeights throws.
void WriteCheckpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

}  // namespace mhcnn
