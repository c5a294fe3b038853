#include "mhcnn/model/onnx/graph.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

constexpr float kLargestHalf = 65504.0f;

/// A convolution's weights after the batch norm that follows it is folded in.
struct Folded {
  std::vector<float> weight, bias;
};

class GraphWriter {
 public:
  GraphWriter(const Network& network, const TensorMap& weights, bool half)
      : network_(network), weights_(weights), half_(half), names_(network.layers.size()) {}

  onnx::GraphProto Write(const PreprocessOptions& preprocess) {
    graph_.set_name("mhcnn");
    FindFolds();
    for (std::size_t i = 0; i < network_.layers.size(); ++i) WriteLayer(i);
    AddValue(graph_.add_input(), "image", {1, preprocess.input_height, preprocess.input_width});

    if (network_.segmentation >= 0) {
      Node("Sigmoid", {names_[Index(network_.segmentation)]}, "masks");
      const auto masks = static_cast<std::int64_t>(network_.options.masks.size());
      AddValue(graph_.add_output(), "masks",
               {masks, preprocess.input_height, preprocess.input_width});
    }
    if (network_.regression >= 0) {
      AddInitializer("hundred", {}, {100.0f}, false);
      Node("Mul", {names_[Index(network_.regression)], "hundred"}, "percent");
      AddValue(graph_.add_output(), "percent", {1});
    }
    if (network_.classification >= 0) {
      SetInt(Node("Softmax", {names_[Index(network_.classification)]}, "category"), "axis", 1);
      AddValue(graph_.add_output(), "category", {4});
    }
    WriteFeatures();
    return std::move(graph_);
  }

 private:
  /// The encoder's last map, averaged over the picture: what tells pictures unlike the training.
  void WriteFeatures() {
    const int last = FeatureLayer(network_);
    if (last < 0) return;
    Node("GlobalAveragePool", {names_[Index(last)]}, "features.map");
    SetInt(Node("Flatten", {"features.map"}, "features"), "axis", 1);
    AddValue(graph_.add_output(), "features", {network_.layers[Index(last)].out_channels});
  }

  static std::size_t Index(int i) { return static_cast<std::size_t>(i); }

  /// A batch norm folds into the convolution that feeds it alone.
  void FindFolds() {
    std::vector<int> uses(network_.layers.size(), 0);
    for (const auto& layer : network_.layers) {
      for (const int input : layer.inputs) ++uses[Index(input)];
    }
    folded_by_.assign(network_.layers.size(), -1);
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const Layer& layer = network_.layers[i];
      if (layer.op != Op::kBatchNorm) continue;
      const auto source = Index(layer.inputs[0]);
      if (network_.layers[source].op != Op::kConv2d || uses[source] != 1) {
        throw Error(ErrorCode::kInternal,
                    "batch norm " + layer.name + " does not follow a convolution alone");
      }
      folded_by_[source] = static_cast<int>(i);
    }
  }

  void WriteLayer(std::size_t i) {
    const Layer& layer = network_.layers[i];
    const auto input = [&](std::size_t k) { return names_[Index(layer.inputs[k])]; };
    names_[i] = layer.name;
    switch (layer.op) {
      case Op::kInput:
        names_[i] = "image";
        return;
      case Op::kConv2d:
        return WriteConv(i);
      case Op::kBatchNorm:
      case Op::kDropout:
        names_[i] = input(0);
        return;
      case Op::kRelu:
        Node("Relu", {input(0)}, layer.name);
        return;
      case Op::kRelu6:
        AddOnce("zero", {}, {0.0f});
        AddOnce("six", {}, {6.0f});
        Node("Clip", {input(0), "zero", "six"}, layer.name);
        return;
      case Op::kMaxPool: {
        auto* node = Node("MaxPool", {input(0)}, layer.name);
        SetWindow(node, layer);
        return;
      }
      case Op::kAdd:
        Node("Add", {input(0), input(1)}, layer.name);
        return;
      case Op::kConcat:
        SetInt(Node("Concat", {input(0), input(1)}, layer.name), "axis", 1);
        return;
      case Op::kUpsample2x: {
        AddOnce("scales2x", {4}, {1.0f, 1.0f, 2.0f, 2.0f});
        auto* node = Node("Resize", {input(0), "", "scales2x"}, layer.name);
        SetString(node, "mode", "nearest");
        SetString(node, "coordinate_transformation_mode", "asymmetric");
        SetString(node, "nearest_mode", "floor");
        return;
      }
      case Op::kGlobalAvgPool: {
        Node("GlobalAveragePool", {input(0)}, layer.name + ".map");
        SetInt(Node("Flatten", {layer.name + ".map"}, layer.name), "axis", 1);
        return;
      }
      case Op::kLinear: {
        AddWeight(layer.name + ".weight", {layer.out_channels, layer.in_channels},
                  Values(layer.name + ".weight"));
        AddInitializer(layer.name + ".bias", {layer.out_channels}, Values(layer.name + ".bias"),
                       false);
        auto* node =
            Node("Gemm", {input(0), layer.name + ".weight", layer.name + ".bias"}, layer.name);
        SetInt(node, "transB", 1);
        return;
      }
      case Op::kSigmoid:
        Node("Sigmoid", {input(0)}, layer.name);
        return;
      case Op::kChannel:
        AddIndices(layer.name + ".index", {layer.channel});
        SetInt(Node("Gather", {input(0), layer.name + ".index"}, layer.name), "axis", 1);
        return;
      case Op::kHistogram:
        return WriteHistogram(layer, input(0));
    }
  }

  /// Counts of the pixels from each edge upwards, whose differences are the bins: comparisons and
  /// sums of one picture's size, where a histogram at once would take as many times the memory as
  /// it has bins. Counts are whole numbers below 2^24, so the sums are exact in any order.
  void WriteHistogram(const Layer& layer, const std::string& input) {
    const std::string name = layer.name;
    const auto bins = static_cast<float>(layer.out_channels);
    AddIndices(name + ".axes", {1, 2, 3});
    const auto count = [&](const std::string& condition, const std::string& output) {
      SetInt(Node("Cast", {condition}, output + ".as_float"), "to", onnx::TensorProto::FLOAT);
      Node("ReduceSum", {output + ".as_float", name + ".axes"}, output);
    };
    AddInitializer(name + ".padding", {}, {kPadding}, false);
    AddInitializer(name + ".below", {}, {static_cast<float>(layer.low) - 1}, false);
    Node("Abs", {input}, name + ".size");
    Node("Greater", {name + ".size", name + ".padding"}, name + ".tissue");
    Node("Where", {name + ".tissue", input, name + ".below"}, name + ".values");
    std::vector<std::string> from = {name + ".from0"};
    count(name + ".tissue", from[0]);
    for (const float edge : BinEdges(layer)) {
      from.push_back(name + ".from" + std::to_string(from.size()));
      AddInitializer(from.back() + ".edge", {}, {edge}, false);
      Node("GreaterOrEqual", {name + ".values", from.back() + ".edge"}, from.back() + ".reached");
      count(from.back() + ".reached", from.back());
    }
    AddInitializer(name + ".none", {}, {0.0f}, false);
    Node("Mul", {from[0], name + ".none"}, name + ".beyond");
    SetInt(Node("Concat", from, name + ".lower"), "axis", 1);
    std::vector<std::string> next(from.begin() + 1, from.end());
    next.push_back(name + ".beyond");
    SetInt(Node("Concat", next, name + ".upper"), "axis", 1);
    Node("Sub", {name + ".lower", name + ".upper"}, name + ".counts");
    AddInitializer(name + ".one", {}, {1.0f}, false);
    Node("Max", {from[0], name + ".one"}, name + ".pixels");
    Node("Div", {name + ".counts", name + ".pixels"}, name + ".shares");
    AddInitializer(name + ".bins", {}, {bins}, false);
    Node("Mul", {name + ".shares", name + ".bins"}, name + ".map");
    SetInt(Node("Flatten", {name + ".map"}, name), "axis", 1);
  }

  void WriteConv(std::size_t i) {
    const Layer& layer = network_.layers[i];
    const Folded folded = Fold(layer, folded_by_[i]);
    AddWeight(layer.name + ".weight",
              {layer.out_channels, layer.in_channels / layer.groups, layer.kernel, layer.kernel},
              folded.weight);
    std::vector<std::string> inputs = {names_[Index(layer.inputs[0])], layer.name + ".weight"};
    if (!folded.bias.empty()) {
      AddInitializer(layer.name + ".bias", {layer.out_channels}, folded.bias, false);
      inputs.push_back(layer.name + ".bias");
    }
    auto* node = Node("Conv", inputs, layer.name);
    SetWindow(node, layer);
    SetInt(node, "group", layer.groups);
  }

  /// w' = w * gamma / sqrt(var + eps), b' = (b - mean) * gamma / sqrt(var + eps) + beta, in double.
  Folded Fold(const Layer& conv, int norm_index) const {
    Folded folded{Values(conv.name + ".weight"), {}};
    const auto out = Index(conv.out_channels);
    if (conv.bias) folded.bias = Values(conv.name + ".bias");
    if (norm_index < 0) return folded;
    const Layer& norm = network_.layers[Index(norm_index)];
    const auto gamma = Values(norm.name + ".weight"), beta = Values(norm.name + ".bias"),
               mean = Values(norm.name + ".running_mean"),
               variance = Values(norm.name + ".running_var");
    if (folded.bias.empty()) folded.bias.assign(out, 0.0f);
    const std::size_t each = folded.weight.size() / out;
    for (std::size_t o = 0; o < out; ++o) {
      const double factor = gamma[o] / std::sqrt(static_cast<double>(variance[o]) + norm.epsilon);
      for (std::size_t k = o * each; k < (o + 1) * each; ++k) {
        folded.weight[k] = static_cast<float>(folded.weight[k] * factor);
      }
      folded.bias[o] =
          static_cast<float>((static_cast<double>(folded.bias[o]) - mean[o]) * factor + beta[o]);
    }
    return folded;
  }

  std::vector<float> Values(const std::string& name) const {
    auto values = weights_.at(name).ToFloat();
    if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
      throw Error(ErrorCode::kCorrupt, "tensor '" + name + "' contains values that are not finite",
                  "", "its training diverged: take an earlier checkpoint");
    }
    return values;
  }

  onnx::NodeProto* Node(const std::string& type, const std::vector<std::string>& inputs,
                        const std::string& output) {
    auto* node = graph_.add_node();
    node->set_op_type(type);
    node->set_name(output);
    for (const auto& input : inputs) node->add_input(input);
    node->add_output(output);
    return node;
  }

  static onnx::AttributeProto* Attribute(onnx::NodeProto* node, const std::string& name,
                                         onnx::AttributeProto::AttributeType type) {
    auto* attribute = node->add_attribute();
    attribute->set_name(name);
    attribute->set_type(type);
    return attribute;
  }
  static void SetInt(onnx::NodeProto* node, const std::string& name, std::int64_t value) {
    Attribute(node, name, onnx::AttributeProto::INT)->set_i(value);
  }
  static void SetString(onnx::NodeProto* node, const std::string& name, const std::string& value) {
    Attribute(node, name, onnx::AttributeProto::STRING)->set_s(value);
  }
  static void SetInts(onnx::NodeProto* node, const std::string& name,
                      const std::vector<std::int64_t>& values) {
    auto* attribute = Attribute(node, name, onnx::AttributeProto::INTS);
    for (const auto value : values) attribute->add_ints(value);
  }
  static void SetWindow(onnx::NodeProto* node, const Layer& layer) {
    SetInts(node, "kernel_shape", {layer.kernel, layer.kernel});
    SetInts(node, "strides", {layer.stride, layer.stride});
    SetInts(node, "pads", {layer.pads[0], layer.pads[1], layer.pads[2], layer.pads[3]});
  }

  void AddInitializer(const std::string& name, const std::vector<std::int64_t>& shape,
                      const std::vector<float>& values, bool half) {
    auto* tensor = graph_.add_initializer();
    tensor->set_name(name);
    for (const auto side : shape) tensor->add_dims(side);
    if (!half) {
      tensor->set_data_type(onnx::TensorProto::FLOAT);
      tensor->set_raw_data(values.data(), values.size() * sizeof(float));
      return;
    }
    std::vector<std::uint16_t> halves;
    halves.reserve(values.size());
    for (const float value : values) halves.push_back(FloatToHalf(value));
    tensor->set_data_type(onnx::TensorProto::FLOAT16);
    tensor->set_raw_data(halves.data(), halves.size() * sizeof(std::uint16_t));
  }

  void AddIndices(const std::string& name, const std::vector<std::int64_t>& values) {
    auto* tensor = graph_.add_initializer();
    tensor->set_name(name);
    tensor->add_dims(static_cast<std::int64_t>(values.size()));
    tensor->set_data_type(onnx::TensorProto::INT64);
    tensor->set_raw_data(values.data(), values.size() * sizeof(std::int64_t));
  }

  void AddOnce(const std::string& name, const std::vector<std::int64_t>& shape,
               const std::vector<float>& values) {
    for (const auto& initializer : graph_.initializer()) {
      if (initializer.name() == name) return;
    }
    AddInitializer(name, shape, values, false);
  }

  /// A weight under its name; a half-precision one is stored as NAME.f16 and cast, so that
  /// arithmetic stays in fp32. One that half precision cannot hold stays in single.
  void AddWeight(const std::string& name, const std::vector<std::int64_t>& shape,
                 const std::vector<float>& values) {
    const bool fits = std::all_of(values.begin(), values.end(),
                                  [](float v) { return std::abs(v) <= kLargestHalf; });
    if (!half_ || !fits) return AddInitializer(name, shape, values, false);
    AddInitializer(name + ".f16", shape, values, true);
    SetInt(Node("Cast", {name + ".f16"}, name), "to", onnx::TensorProto::FLOAT);
  }

  /// A float value with a free batch dimension.
  static void AddValue(onnx::ValueInfoProto* value, const std::string& name,
                       const std::vector<std::int64_t>& sides) {
    value->set_name(name);
    auto* type = value->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    type->mutable_shape()->add_dim()->set_dim_param("batch");
    for (const auto side : sides) type->mutable_shape()->add_dim()->set_dim_value(side);
  }

  const Network& network_;
  const TensorMap& weights_;
  bool half_;
  std::vector<std::string> names_;  // of each layer's output
  std::vector<int> folded_by_;      // the batch norm folded into a convolution, or -1
  onnx::GraphProto graph_;
};

}  // namespace

onnx::GraphProto BuildGraph(const Network& network, const TensorMap& weights,
                            const PreprocessOptions& preprocess, bool half) {
  return GraphWriter(network, weights, half).Write(preprocess);
}

}  // namespace mhcnn
