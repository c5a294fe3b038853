#include "mhcnn/model/onnx/graph.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>

#include "mhcnn/base/error.h"
#include "mhcnn/model/builder.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

/// A convolution of one pixel to two channels, with a batch norm behind it, as the segmentation.
struct Small {
  Small() {
    network.options.encoder = "resnet18";
    network.options.masks = {"breast", "dense"};
    NetworkBuilder b(network);
    const int conv = b.Conv("c", b.Input(), 2, 1, 1, {0, 0, 0, 0});
    network.segmentation = b.BatchNorm("n", conv, 0.5);
    const auto add = [&](const std::string& name, const std::vector<std::int64_t>& shape,
                         const std::vector<float>& values) {
      weights.emplace(name, Tensor::FromFloat(shape, values));
    };
    add("c.weight", {2, 1, 1, 1}, {3, -4});
    add("n.weight", {2}, {2, 0.5});
    add("n.bias", {2}, {10, 20});
    add("n.running_mean", {2}, {1, 2});
    add("n.running_var", {2}, {8.5, 0.75});
  }
  onnx::GraphProto Graph(bool half = false) const {
    return BuildGraph(network, weights, {.input_height = 64, .input_width = 32}, half);
  }
  Network network;
  TensorMap weights;
};

std::map<std::string, std::vector<float>> Initializers(const onnx::GraphProto& graph) {
  std::map<std::string, std::vector<float>> values;
  for (const auto& tensor : graph.initializer()) {
    if (tensor.data_type() != onnx::TensorProto::FLOAT) continue;
    auto& floats = values[tensor.name()];
    floats.resize(tensor.raw_data().size() / sizeof(float));
    std::memcpy(floats.data(), tensor.raw_data().data(), tensor.raw_data().size());
  }
  return values;
}

// w' = w g / sqrt(v + e), b' = -m g / sqrt(v + e) + b: with e = 0.5 the roots are 3 and sqrt(1.25).
TEST(BuildGraph, BatchNormIsFoldedIntoItsConvolution) {
  const auto graph = Small().Graph();
  const auto values = Initializers(graph);
  const auto& weight = values.at("c.weight");
  const auto& bias = values.at("c.bias");
  ASSERT_EQ(weight.size(), 2u);
  ASSERT_EQ(bias.size(), 2u);
  EXPECT_NEAR(weight[0], 3 * 2.0 / 3, 1e-6);
  EXPECT_NEAR(weight[1], -4 * 0.5 / std::sqrt(1.25), 1e-6);
  EXPECT_NEAR(bias[0], 10 - 1 * 2.0 / 3, 1e-6);
  EXPECT_NEAR(bias[1], 20 - 2 * 0.5 / std::sqrt(1.25), 1e-5);
  for (const auto& node : graph.node()) EXPECT_NE(node.op_type(), "BatchNormalization");
}

TEST(BuildGraph, OutputsAreThoseOfTheHeads) {
  Small small;
  const auto graph = small.Graph();
  ASSERT_EQ(graph.input_size(), 1);
  EXPECT_EQ(graph.input(0).name(), "image");
  const auto& shape = graph.input(0).type().tensor_type().shape();
  ASSERT_EQ(shape.dim_size(), 4);
  EXPECT_EQ(shape.dim(1).dim_value(), 1);
  EXPECT_EQ(shape.dim(2).dim_value(), 64);
  EXPECT_EQ(shape.dim(3).dim_value(), 32);
  std::vector<std::string> outputs;
  for (const auto& output : graph.output()) outputs.push_back(output.name());
  EXPECT_EQ(outputs, (std::vector<std::string>{"masks", "features"}));
  small.network.segmentation = -1;
  const auto bare = small.Graph();
  ASSERT_EQ(bare.output_size(), 1);
  EXPECT_EQ(bare.output(0).name(), "features");
}

TEST(BuildGraph, HalfPrecisionIsOfWeightsThatItHolds) {
  Small small;
  const auto halves = [&] {
    const auto graph = small.Graph(true);
    int count = 0;
    for (const auto& tensor : graph.initializer()) {
      count += tensor.data_type() == onnx::TensorProto::FLOAT16;
    }
    return count;
  };
  EXPECT_EQ(halves(), 1) << "the bias stays in single precision";
  small.weights.at("c.weight") = Tensor::FromFloat({2, 1, 1, 1}, {3e5f, -4});
  EXPECT_EQ(halves(), 0);
}

TEST(BuildGraph, RefusesValuesThatAreNotFinite) {
  Small small;
  small.weights.at("n.running_var") = Tensor::FromFloat({2}, {1, INFINITY});
  EXPECT_EQ(testing_support::ThrownCode([&] { small.Graph(); }), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace mhcnn
