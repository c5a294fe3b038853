#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/model/network_options.h"

namespace mhcnn {

/// Operations of a network. The network is described as data: `nn` builds it in LibTorch and
/// `model/onnx` builds it as a graph, both from this one description.

enum class Op {
  kInput,  ///< (N, 1, H, W)
  kConv2d,
  kBatchNorm,
  kRelu,
  kRelu6,
  kMaxPool,  ///< kernel, stride, pads
  kAdd,
  kConcat,         ///< over channels
  kUpsample2x,     ///< nearest
  kGlobalAvgPool,  ///< (N, C, H, W) -> (N, C)
  kDropout,
  kLinear,
  kSigmoid,
  kChannel,   ///< (N, C, H, W) -> (N, 1, H, W): the channel `channel`
  kHistogram  ///< (N, 1, H, W) -> (N, bins): fractions of the grey values, see Layer::low
};

/// Modules of the network; a layer belongs to one. A phase freezes and trains whole modules.
enum class Module { kEncoder, kDecoder, kSegmentationHead, kRegressionHead, kClassificationHead };
const char* ModuleName(
    Module module);  ///< "encoder", "decoder", "segmentation", "regression", "classification"

/// One operation of a network.
struct Layer {
  /// Operation that it computes.
  Op op = Op::kInput;
  /// Module of the network that it belongs to.
  Module module = Module::kEncoder;
  std::string name;  ///< parameter prefix ("encoder.layer1.0.conv1"); unique, set on every layer
  std::vector<int> inputs;  ///< indices of earlier layers
  /// Numbers of channels of its input and of its output.
  int in_channels = 0, out_channels = 0;
  /// Convolution and pooling: side of the kernel, step, and groups of channels.
  int kernel = 1, stride = 1, groups = 1;
  std::array<int, 4> pads{};  ///< top, left, bottom, right: unequal for TensorFlow's "same"
  /// Convolution: whether it adds a constant to each channel.
  bool bias = false;
  double epsilon = 1e-5;   ///< batch norm
  double probability = 0;  ///< dropout
  int channel = 0;         ///< kChannel: index of the channel
  /// kHistogram: `out_channels` bins of equal width from `low` to `high`; values outside count in
  /// the first or the last. A bin's value is its fraction of the pixels times the number of bins, 1
  /// where all are equally full. Pixels at 0 (nearer than kPadding) are left out: the input is 0
  /// outside the crop (preprocess/preprocess.h).
  double low = 0, high = 1;
};
/// Distance from 0 below which a pixel is padding. Prepared images of the training are kept in 16
/// bits, which moves a 0 by up to 1.2e-5; the loader uses this limit too.
inline constexpr float kPadding = 2e-5f;
/// Returns the lower ends of a histogram's bins but the first, in float as both builders compare.
std::vector<float> BinEdges(const Layer& histogram);

/// A network as a list of layers.
struct Network {
  /// Options that it was built from.
  NetworkOptions options;
  /// All layers; the inputs of a layer are earlier ones only.
  std::vector<Layer> layers;
  // -1 where the network has no such head.
  int segmentation = -1;    ///< layer giving (N, masks, H, W) logits
  int regression = -1;      ///< layer giving (N, 1), percent density / 100, after the sigmoid
  int classification = -1;  ///< layer giving (N, 4) logits, a to d
};

/// Builds a network. Names of the encoder: torchvision's ("encoder.conv1.weight",
/// "encoder.layer1.0.conv1.weight", …) or timm's ("encoder.conv_stem.weight",
/// "encoder.blocks.0.0.conv_dw.weight", …); of the decoder and segmentation head:
/// segmentation_models.pytorch's ("decoder.blocks.0.conv1.0.weight", "segmentation_head.0.weight");
/// then "regression_head.weight/bias", "classification_head.weight/bias". Input sides must be
/// multiples of 32.
///
/// For comparison (docs/training.md, "Baselines"): decoders per mask add "decoder_dense.…" and
/// name the last convolution of each mask ("segmentation_head_dense.0.weight"); a category from the
/// dense mask has "classification_head.conv1.weight" and so on; the encoder "pixel_histogram" has
/// "encoder.hidden1.weight" and "encoder.hidden2.weight".
Network BuildNetwork(const NetworkOptions& options);

/// A tensor that the network owns: weights, and the running statistics of batch norm (not
/// trainable).
struct Parameter {
  /// Name in the checkpoint.
  std::string name;
  /// Sizes of its dimensions.
  std::vector<std::int64_t> shape;
  /// Whether it is trained; false for running statistics.
  bool trainable = true;
  /// Module of the network that it belongs to.
  Module module = Module::kEncoder;
};
/// Returns the index of the encoder's last layer, whose channels' means are the features of an
/// image; -1 for an encoder without feature maps.
int FeatureLayer(const Network& network);
/// Returns all tensors of a network, in the order of its layers.
std::vector<Parameter> Parameters(const Network& network);

}  // namespace mhcnn
