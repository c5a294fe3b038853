#include "mhcnn/model/builder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mhcnn {
namespace {

TEST(NetworkBuilder, LayersTakeTheirChannelsFromTheirInputs) {
  Network network;
  NetworkBuilder b(network);
  const int image = b.Input();
  const int conv = b.Conv("c", image, 8, 3, 2, {0, 1, 2, 1}, 1, true);
  const int norm = b.BatchNorm("n", conv, 1e-3);
  const int pool = b.MaxPool("p", norm, 3, 2, 1);
  const int both = b.Concat("k", pool, conv);
  b.SetModule(Module::kDecoder);
  const int deep = b.Conv("d", both, 16, 5, 1, {2, 2, 2, 2}, 8);
  const int one = b.Channel("one", deep, 5);
  const int flat = b.GlobalAvgPool("g", deep);
  const int line = b.Linear("l", flat, 4);
  EXPECT_EQ(b.Channels(image), 1);
  EXPECT_EQ(b.Channels(norm), 8);
  EXPECT_EQ(b.Channels(both), 16);
  EXPECT_EQ(b.Channels(one), 1);
  EXPECT_EQ(b.Channels(flat), 16);
  EXPECT_EQ(b.Channels(line), 4);
  ASSERT_EQ(network.layers.size(), 9u);
  const Layer& first = network.layers[static_cast<std::size_t>(conv)];
  EXPECT_EQ(first.op, Op::kConv2d);
  EXPECT_EQ(first.in_channels, 1);
  EXPECT_EQ(first.kernel, 3);
  EXPECT_EQ(first.stride, 2);
  EXPECT_EQ(first.pads, (std::array{0, 1, 2, 1}));
  EXPECT_TRUE(first.bias);
  EXPECT_EQ(first.module, Module::kEncoder);
  EXPECT_EQ(network.layers[static_cast<std::size_t>(norm)].epsilon, 1e-3);
  EXPECT_EQ(network.layers[static_cast<std::size_t>(pool)].pads, (std::array{1, 1, 1, 1}));
  EXPECT_EQ(network.layers[static_cast<std::size_t>(deep)].module, Module::kDecoder);
  EXPECT_EQ(network.layers[static_cast<std::size_t>(deep)].groups, 8);
  EXPECT_EQ(network.layers[static_cast<std::size_t>(one)].channel, 5);
  EXPECT_EQ(network.layers[static_cast<std::size_t>(both)].inputs, (std::vector{pool, conv}));
}

/// By how much the sides of the input have been divided at a layer.
int ReductionAt(const Network& network, int layer) {
  const Layer& l = network.layers[static_cast<std::size_t>(layer)];
  if (l.inputs.empty()) return 1;
  const bool strided = l.op == Op::kConv2d || l.op == Op::kMaxPool;
  return ReductionAt(network, l.inputs.front()) * (strided ? l.stride : 1);
}

// Channels of the five feature maps: torchvision's ResNets (He et al. 2016, table 1) and timm's
// EfficientNet-Lite (feature_info of its models).
TEST(Encoders, GiveFeaturesOfPublishedWidthsAtHalvedSides) {
  const std::vector<std::pair<std::string, std::array<int, 5>>> published = {
      {"resnet18", {64, 64, 128, 256, 512}},
      {"resnet34", {64, 64, 128, 256, 512}},
      {"resnet50", {64, 256, 512, 1024, 2048}},
      {"resnet101", {64, 256, 512, 1024, 2048}},
      {"efficientnet_lite0", {16, 24, 40, 112, 320}},
      {"efficientnet_lite1", {16, 24, 40, 112, 320}},
      {"efficientnet_lite2", {16, 24, 48, 120, 352}}};
  for (const auto& [encoder, channels] : published) {
    Network network;
    NetworkBuilder b(network);
    const int image = b.Input();
    const Features features = IsResNet(encoder) ? BuildResNet(b, encoder, image)
                                                : BuildEfficientNetLite(b, encoder, image);
    for (std::size_t i = 0; i < features.size(); ++i) {
      EXPECT_EQ(b.Channels(features[i]), channels[i]) << encoder << " " << i;
      EXPECT_EQ(ReductionAt(network, features[i]), 2 << i) << encoder << " " << i;
    }
    for (const auto& layer : network.layers) EXPECT_EQ(layer.module, Module::kEncoder);
  }
  EXPECT_TRUE(IsResNet("resnet18"));
  EXPECT_FALSE(IsResNet("efficientnet_lite0"));
}

TEST(Encoders, HaveTheDepthOfTheirName) {
  // He et al. 2016: the convolutions on the way through, and the classifier that is not there.
  for (const auto& [encoder, depth] :
       {std::pair{"resnet18", 18}, {"resnet34", 34}, {"resnet50", 50}, {"resnet101", 101}}) {
    Network network;
    NetworkBuilder b(network);
    BuildResNet(b, encoder, b.Input());
    const auto convolutions = std::ranges::count_if(network.layers, [](const Layer& layer) {
      return layer.op == Op::kConv2d && layer.name.find("downsample") == std::string::npos;
    });
    EXPECT_EQ(convolutions, depth - 1) << encoder;
  }
}

TEST(MaskClassifier, GivesFourLogitsOfOneMask) {
  Network network;
  NetworkBuilder b(network);
  const int mask = b.Sigmoid("mask", b.Input());
  const int logits = BuildMaskClassifier(b, mask, 0.3);
  EXPECT_EQ(b.Channels(logits), 4);
  const auto dropout = std::ranges::find(network.layers, Op::kDropout, &Layer::op);
  ASSERT_NE(dropout, network.layers.end());
  EXPECT_EQ(dropout->probability, 0.3);
}

TEST(HistogramClassifier, HasFiftyBinsOverTheClippedRange) {
  Network network;
  network.options.encoder = kPixelHistogram;
  network.options.heads = {Head::kClassification};
  NetworkBuilder b(network);
  BuildHistogramClassifier(b, network, b.Input());
  const auto histogram = std::ranges::find(network.layers, Op::kHistogram, &Layer::op);
  ASSERT_NE(histogram, network.layers.end());
  EXPECT_EQ(histogram->out_channels, 50);
  const auto edges = BinEdges(*histogram);
  ASSERT_EQ(edges.size(), 49u);
  EXPECT_NEAR(edges.front(), -0.25 + 1.5 / 50, 1e-6);
  EXPECT_NEAR(edges.back(), 1.25 - 1.5 / 50, 1e-6);
  EXPECT_EQ(b.Channels(network.classification), 4);
  EXPECT_EQ(network.layers.back().module, Module::kClassificationHead);
}

}  // namespace
}  // namespace mhcnn
