#include "mhcnn/model/pretrained.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/model/checkpoint.h"
#include "mhcnn/model/safetensors.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

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

TEST(ImportWeights, FindsTheEncoderAndTheDecoder) {
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

TEST(ImportWeights, RefusesWhatIsLeftOver) {
  const ScratchFolder folder;
  auto weights = Weights(Small("resnet18"));
  const Tensor one = Tensor::FromFloat({1}, {1});
  weights["encoder.layer1.0.se.fc1.weight"] = one;
  const auto file = Written(folder, weights);
  EXPECT_THAT(ErrorMessage([&] { ImportWeights(file, "resnet18"); }, ErrorCode::kUnsupported),
              HasSubstr("layer1.0.se.fc1.weight"));
  EXPECT_THAT(ErrorMessage([&] { ImportWeights(file); }, ErrorCode::kUnsupported),
              HasSubstr("no encoder"));
  weights.erase("encoder.layer1.0.se.fc1.weight");
  weights["decoder.blocks.0.attention1.attention.cSE.1.weight"] = one;
  EXPECT_THAT(
      ErrorMessage([&] { ImportWeights(Written(folder, weights)); }, ErrorCode::kUnsupported),
      HasSubstr("attention1"));
}

TEST(ReadPretrained, TakesADecoderOfTheSameShapeOnly) {
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

TEST(ReadPretrained, TakesAllPartsOfACheckpointThatFit) {
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

  EXPECT_THAT(ErrorMessage([&] { ReadPretrained(BuildNetwork(Small("resnet34")), file); },
                           ErrorCode::kUnsupported),
              HasSubstr("checkpoint of the encoder resnet18; the recipe's is resnet34"));
}

}  // namespace
}  // namespace mhcnn
