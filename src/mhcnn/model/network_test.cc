#include "mhcnn/model/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/model/safetensors.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/formula_weights.h"
#include "mhcnn/testing/goldens.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::Golden;

std::int64_t Trainable(const Network& network, Module module) {
  std::int64_t total = 0;
  for (const auto& parameter : Parameters(network)) {
    if (parameter.module != module || !parameter.trainable) continue;
    std::int64_t count = 1;
    for (const auto side : parameter.shape) count *= side;
    total += count;
  }
  return total;
}

NetworkOptions With(const std::string& encoder) {
  NetworkOptions options;
  options.encoder = encoder;
  return options;
}

/// Published sizes of the whole classifiers (torchvision, timm) less what we do not have: two
/// colours of the first convolution, the classifier, and EfficientNet's last convolution.
TEST(Network, EncodersHavePublishedSizes) {
  const auto resnet = [](std::int64_t whole, std::int64_t features) {
    return whole - (features * 1000 + 1000) - 6272;
  };
  const auto lite = [](std::int64_t whole, std::int64_t features) {
    return whole - 1'281'000 - (features + 2) * 1280 - 576;
  };
  const std::map<std::string, std::int64_t> sizes = {
      {"resnet18", resnet(11'689'512, 512)},        {"resnet34", resnet(21'797'672, 512)},
      {"resnet50", resnet(25'557'032, 2048)},       {"resnet101", resnet(44'549'160, 2048)},
      {"efficientnet_lite0", lite(4'652'008, 320)}, {"efficientnet_lite1", lite(5'416'680, 320)},
      {"efficientnet_lite2", lite(6'092'072, 352)}};
  for (const auto& encoder : EncoderNames()) {
    EXPECT_EQ(Trainable(BuildNetwork(With(encoder)), Module::kEncoder), sizes.at(encoder))
        << encoder;
  }
}

/// segmentation_models.pytorch names the same tensors, no more and no fewer.
TEST(Network, NamesEqualReference) {
  for (const std::string encoder : {"resnet101", "efficientnet_lite0"}) {
    std::set<std::string> theirs, ours;
    for (const auto& [name, tensor] :
         ReadSafetensors(Golden("unet_" + encoder + ".safetensors")).tensors) {
      for (const std::string prefix : {"eval.grad.", "train.stat."}) {
        if (name.starts_with(prefix)) theirs.insert(name.substr(prefix.size()));
      }
    }
    for (const auto& parameter : Parameters(BuildNetwork(With(encoder))))
      ours.insert(parameter.name);
    EXPECT_EQ(ours, theirs) << encoder;
  }
}

TEST(Network, LayersAreOrderedWithUniqueNames) {
  for (const auto& encoder : EncoderNames()) {
    const Network network = BuildNetwork(With(encoder));
    std::set<std::string> names;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const Layer& layer = network.layers[i];
      EXPECT_TRUE(names.insert(layer.name).second) << layer.name;
      for (const int input : layer.inputs) {
        ASSERT_GE(input, 0);
        ASSERT_LT(input, static_cast<int>(i));
      }
    }
    EXPECT_EQ(network.layers[static_cast<std::size_t>(network.segmentation)].out_channels, 3);
    EXPECT_EQ(network.layers[static_cast<std::size_t>(network.regression)].out_channels, 1);
    EXPECT_EQ(network.layers[static_cast<std::size_t>(network.classification)].out_channels, 4);
  }
}

TEST(Network, PartsFollowFromTheNames) {
  for (const auto& parameter : Parameters(BuildNetwork({}))) {
    const std::string first = parameter.name.substr(0, parameter.name.find_first_of("._"));
    EXPECT_EQ(first, ModuleName(parameter.module)) << parameter.name;
  }
}

TEST(Network, NamesInvalidOptions) {
  const auto message = [](auto&& change) {
    NetworkOptions options;
    change(options);
    return ErrorMessage([&] { BuildNetwork(options); }, ErrorCode::kUsage);
  };
  EXPECT_THAT(message([](auto& o) { o.encoder = "resnet_101"; }), HasSubstr("resnet101"));
  EXPECT_THAT(message([](auto& o) { o.decoder_channels = {1, 2}; }), HasSubstr("decoder_channels"));
  EXPECT_THAT(message([](auto& o) { o.decoder_channels[2] = 0; }), HasSubstr("decoder_channels"));
  EXPECT_THAT(message([](auto& o) { o.masks.clear(); }), HasSubstr("masks"));
  EXPECT_THAT(message([](auto& o) { o.dropout = 1; }), HasSubstr("dropout"));
}

TEST(Network, OptionsRoundTripThroughJson) {
  NetworkOptions options = With("efficientnet_lite2");
  options.masks = {"dense"};
  options.dropout = 0.35;
  options.decoder_channels = {5, 4, 3, 2, 1};
  EXPECT_EQ(nlohmann::json(options).get<NetworkOptions>(), options);
  ErrorMessage([] { nlohmann::json{{"encoder", 3}}.get<NetworkOptions>(); }, ErrorCode::kCorrupt);
}

TEST(FormulaWeights, StayInRange) {
  const auto range = [](const std::string& name, const std::vector<std::int64_t>& shape) {
    const auto values = FormulaTensor(name, shape).ToFloat();
    return std::pair(*std::min_element(values.begin(), values.end()),
                     *std::max_element(values.begin(), values.end()));
  };
  const auto [low, high] = range("x.running_var", {4096});
  EXPECT_GE(low, 0.75f);
  EXPECT_LE(high, 1.25f);
  const auto [weight_low, weight_high] = range("x.weight", {64, 3, 4, 4});
  EXPECT_NEAR(weight_low, -0.25, 0.01);
  EXPECT_NEAR(weight_high, 0.25, 0.01);
}

}  // namespace
}  // namespace mhcnn
