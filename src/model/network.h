#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace mhcnn {

/// What the network is, as data: `nn` builds it in LibTorch and `model/onnx` as a graph from this
/// one description.

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
  kSigmoid
};

/// Which part of the network a layer belongs to: a phase freezes and trains whole parts.
enum class Part { kEncoder, kDecoder, kSegmentationHead, kRegressionHead, kClassificationHead };
const char* PartName(
    Part part);  ///< "encoder", "decoder", "segmentation", "regression", "classification"

struct Layer {
  Op op = Op::kInput;
  Part part = Part::kEncoder;
  std::string name;  ///< parameter prefix ("encoder.layer1.0.conv1"); unique, set on every layer
  std::vector<int> inputs;  ///< indices of earlier layers
  int in_channels = 0, out_channels = 0;
  int kernel = 1, stride = 1, groups = 1;
  std::array<int, 4> pads{};  ///< top, left, bottom, right: unequal for TensorFlow's "same"
  bool bias = false;
  double epsilon = 1e-5;   ///< batch norm
  double probability = 0;  ///< dropout
};

struct NetworkOptions {
  std::string encoder = "resnet101";  ///< resnet18/34/50/101, efficientnet_lite0/1/2
  std::vector<int> decoder_channels{256, 128, 64, 32, 16};
  std::vector<std::string> masks{"breast", "dense", "pectoral"};
  double dropout = 0.2;  ///< before the two linear heads
  void Check() const;    ///< throws Error(kUsage) naming the field
  bool operator==(const NetworkOptions&) const = default;
};
void to_json(nlohmann::json& json, const NetworkOptions& options);
void from_json(const nlohmann::json& json, NetworkOptions& options);

struct Network {
  NetworkOptions options;
  std::vector<Layer> layers;
  int segmentation = -1;    ///< layer giving (N, masks, H, W) logits
  int regression = -1;      ///< layer giving (N, 1), percent density / 100, after the sigmoid
  int classification = -1;  ///< layer giving (N, 4) logits, a to d
};

/// Encoder names: torchvision's ("encoder.conv1.weight", "encoder.layer1.0.conv1.weight", …) or
/// timm's
/// ("encoder.conv_stem.weight", "encoder.blocks.0.0.conv_dw.weight", …); decoder and segmentation
/// head: segmentation_models.pytorch's ("decoder.blocks.0.conv1.0.weight",
/// "segmentation_head.0.weight"); then "regression_head.weight/bias",
/// "classification_head.weight/bias". Input sides must be multiples of 32.
Network BuildNetwork(const NetworkOptions& options);
std::vector<std::string> EncoderNames();

/// A tensor that the network owns: weights, and the running statistics of batch norm (not
/// trainable).
struct Parameter {
  std::string name;
  std::vector<std::int64_t> shape;
  bool trainable = true;
  Part part = Part::kEncoder;
};
std::vector<Parameter> Parameters(const Network& network);

}  // namespace mhcnn
