#include "mhcnn/model/pretrained.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/model/checkpoint.h"
#include "mhcnn/model/safetensors.h"
#include "mhcnn/testing/checkpoints.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/formula_weights.h"
#include "mhcnn/testing/goldens.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::Golden;
using testing_support::ScratchFolder;
using testing_support::SmallCheckpoint;

/// A small value in every tensor of a network, with one channel.
TensorMap Weights(const NetworkOptions& options) {
  TensorMap weights;
  float next = 0;
  for (const auto& parameter : Parameters(BuildNetwork(options))) {
    std::int64_t count = 1;
    for (const auto side : parameter.shape) count *= side;
    weights.emplace(parameter.name,
                    Tensor::FromFloat(parameter.shape,
                                      std::vector<float>(static_cast<std::size_t>(count), ++next)));
  }
  return weights;
}

NetworkOptions Small(const std::string& encoder) {
  NetworkOptions options;
  options.encoder = encoder;
  options.decoder_channels = {8, 8, 8, 4, 4};
  return options;
}

std::filesystem::path Written(const ScratchFolder& folder, const TensorMap& weights) {
  WriteSafetensors(folder / "w.safetensors", {.tensors = weights, .metadata = {}});
  return folder / "w.safetensors";
}

TEST(ImportWeights, FindsEncoderAndDecoder) {
  const ScratchFolder folder;
  // The tensors of the smaller are all in the larger, of the same shapes.
  for (const char* encoder : {"resnet18", "resnet34", "efficientnet_lite0", "efficientnet_lite1"}) {
    TensorMap wrapped;
    for (const auto& [name, tensor] : Weights(Small(encoder)))
      wrapped["module.model." + name] = tensor;
    const auto imported = ImportWeights(Written(folder, wrapped));
    EXPECT_EQ(imported.encoder, encoder);
    EXPECT_FALSE(imported.from_colour);
    EXPECT_EQ(imported.decoder_channels, (std::vector<int>{8, 8, 8, 4, 4}));
    for (const auto& [name, tensor] : imported.weights)
      EXPECT_EQ(tensor.bytes, wrapped.at("module.model." + name).bytes) << name;
    EXPECT_FALSE(imported.weights.count("segmentation_head.0.weight"));
  }
}

TEST(ImportWeights, RefusesUnknownTensors) {
  const ScratchFolder folder;
  auto weights = Weights(Small("resnet18"));
  const Tensor one = Tensor::FromFloat({1}, {1});
  weights["encoder.layer1.0.se.fc1.weight"] = one;
  const auto file = Written(folder, weights);
  EXPECT_THAT(ErrorMessage([&] { ImportWeights(file, "resnet18"); }, ErrorCode::kUnsupported),
              HasSubstr("layer1.0.se.fc1.weight"));
  EXPECT_THAT(ErrorMessage([&] { ImportWeights(file); }, ErrorCode::kUnsupported),
              HasSubstr("the weights of a known encoder"));
  weights.erase("encoder.layer1.0.se.fc1.weight");
  weights["decoder.blocks.0.attention1.attention.cSE.1.weight"] = one;
  EXPECT_THAT(
      ErrorMessage([&] { ImportWeights(Written(folder, weights)); }, ErrorCode::kUnsupported),
      HasSubstr("attention1"));
}

TEST(ReadPretrained, UsesDecoderOfSameShapeOnly) {
  const ScratchFolder folder;
  const auto file = Written(folder, Weights(Small("resnet18")));
  const auto with = ReadPretrained(BuildNetwork(Small("resnet18")), file);
  EXPECT_TRUE(with.count("decoder.blocks.0.conv1.0.weight"));
  NetworkOptions wider = Small("resnet18");
  wider.decoder_channels[0] = 16;
  const auto without = ReadPretrained(BuildNetwork(wider), file);
  EXPECT_FALSE(without.count("decoder.blocks.0.conv1.0.weight"));
  EXPECT_TRUE(without.count("encoder.conv1.weight"));
}

TEST(ReadPretrained, UsesMatchingPartsOfCheckpoint) {
  const ScratchFolder folder;
  const auto file = folder / "checkpoint.safetensors";
  Checkpoint checkpoint;
  checkpoint.network = Small("resnet18");
  checkpoint.provenance = {{"epochs", 3}};
  checkpoint.weights = Weights(checkpoint.network);
  WriteCheckpoint(file, checkpoint);
  EXPECT_EQ(ReadPretrained(BuildNetwork(checkpoint.network), file).size(),
            checkpoint.weights.size());

  // Another decoder: the encoder and the heads behind it are taken.
  NetworkOptions other = checkpoint.network;
  other.decoder_channels = {8, 8, 8, 8, 8};
  const TensorMap taken = ReadPretrained(BuildNetwork(other), file);
  EXPECT_TRUE(taken.contains("encoder.conv1.weight"));
  EXPECT_TRUE(taken.contains("regression_head.weight"));
  EXPECT_FALSE(taken.contains("decoder.blocks.0.conv1.0.weight"));
  EXPECT_FALSE(taken.contains("segmentation_head.0.weight")) << "it reads the decoder's channels";

  EXPECT_THAT(
      ErrorMessage([&] { ReadPretrained(BuildNetwork(Small("resnet34")), file); },
                   ErrorCode::kUnsupported),
      HasSubstr("checkpoint of the encoder resnet18; the encoder of the recipe is resnet34"));
}

/// torchvision's own file for three colours: the grey convolution and the moved mean together give
/// w_c (g - mean_c) / deviation_c.
TEST(Pretrained, FoldsNormalisationOfThreeColours) {
  const ScratchFolder folder;
  const Network network = BuildNetwork(SmallCheckpoint("resnet18").network);
  SafetensorsFile file;
  for (const auto& parameter : Parameters(network)) {
    if (parameter.module != Module::kEncoder) continue;
    const std::string bare = parameter.name.substr(8);
    auto shape = parameter.shape;
    if (bare == "conv1.weight") shape[1] = 3;
    file.tensors[bare] = FormulaTensor(parameter.name, shape);
  }
  file.tensors["fc.weight"] = FormulaTensor("fc.weight", {1000, 512});
  WriteSafetensors(folder / "w.safetensors", file);
  const auto encoder = ReadPretrained(network, folder / "w.safetensors");

  const auto colour = file.tensors.at("conv1.weight").ToFloat();
  const auto grey = encoder.at("encoder.conv1.weight").ToFloat();
  const auto old_mean = file.tensors.at("bn1.running_mean").ToFloat();
  const auto new_mean = encoder.at("encoder.bn1.running_mean").ToFloat();
  const double mean[] = {0.485, 0.456, 0.406}, deviation[] = {0.229, 0.224, 0.225};
  for (std::size_t o = 0; o < 64; ++o) {
    double theirs = -old_mean[o], ours = -new_mean[o];
    for (std::size_t i = 0; i < 49; ++i) {
      const double g = 0.01 * static_cast<double>(i);
      for (std::size_t c = 0; c < 3; ++c)
        theirs += colour[(o * 3 + c) * 49 + i] * (g - mean[c]) / deviation[c];
      ours += grey[o * 49 + i] * g;
    }
    EXPECT_NEAR(ours, theirs, 1e-5);
  }
  EXPECT_EQ(encoder.at("encoder.bn1.weight").bytes, file.tensors.at("bn1.weight").bytes);
  EXPECT_EQ(encoder.count("encoder.fc.weight"), 0u);
}

TEST(Pretrained, KeepsEncoderOfCheckpoint) {
  const ScratchFolder folder;
  const auto checkpoint = SmallCheckpoint();
  WriteCheckpoint(folder / "c.safetensors", checkpoint);
  const auto encoder = ReadPretrained(BuildNetwork(checkpoint.network), folder / "c.safetensors");
  EXPECT_FALSE(encoder.empty());
  for (const auto& [name, tensor] : encoder)
    EXPECT_EQ(tensor.bytes, checkpoint.weights.at(name).bytes) << name;
}

TEST(Pretrained, PackagesMatchTheirEncodersOnly) {
  for (const std::string number : {"0", "1", "2"}) {
    const auto file = testing_support::PackageWeights(number);
    if (file.empty()) GTEST_SKIP() << "no ImageNet weights: scripts/setup installs them";
    for (const std::string other : {"0", "1", "2"}) {
      const Network network = BuildNetwork(SmallCheckpoint("efficientnet_lite" + other).network);
      if (other != number) {
        ErrorMessage([&] { ReadPretrained(network, file); }, ErrorCode::kUnsupported);
        continue;
      }
      auto weights = FormulaWeights(network);
      for (auto& [name, tensor] : ReadPretrained(network, file))
        weights.at(name) = std::move(tensor);
      EXPECT_NO_THROW(CheckWeights(network, weights));
    }
  }
}

TEST(Pretrained, NamesOtherEncoder) {
  const ScratchFolder folder;
  WriteCheckpoint(folder / "c.safetensors", SmallCheckpoint());
  EXPECT_THAT(ErrorMessage(
                  [&] {
                    ReadPretrained(BuildNetwork(SmallCheckpoint("resnet18").network),
                                   folder / "c.safetensors");
                  },
                  ErrorCode::kUnsupported),
              HasSubstr("checkpoint of the encoder efficientnet_lite0"));
  EXPECT_THAT(
      ErrorMessage(
          [&] { ReadPretrained(BuildNetwork(SmallCheckpoint().network), Golden("legacy.pth")); },
          ErrorCode::kUnsupported),
      HasSubstr("encoder.conv_stem.weight"));
}

}  // namespace
}  // namespace mhcnn
