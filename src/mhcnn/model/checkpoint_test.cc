#include "mhcnn/model/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/model/pretrained.h"
#include "mhcnn/model/safetensors.h"
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

Checkpoint Small(const std::string& encoder = "efficientnet_lite0") {
  Checkpoint checkpoint;
  checkpoint.network.encoder = encoder;
  checkpoint.network.decoder_channels = {8, 8, 8, 8, 8};
  checkpoint.preprocess.input_height = 96;
  checkpoint.preprocess.input_width = 64;
  checkpoint.provenance = {{"seed", 7}};
  checkpoint.weights = FormulaWeights(BuildNetwork(checkpoint.network));
  return checkpoint;
}

TEST(Checkpoint, SurvivesTheWayThereAndBack) {
  const ScratchFolder folder;
  auto checkpoint = Small();
  checkpoint.provenance["path"] = "not UTF-8: \xff";
  WriteCheckpoint(folder / "c.safetensors", checkpoint);
  const auto read = ReadCheckpoint(folder / "c.safetensors");
  EXPECT_EQ(read.network, checkpoint.network);
  EXPECT_EQ(read.preprocess, checkpoint.preprocess);
  EXPECT_EQ(read.provenance.at("seed"), 7);
  ASSERT_EQ(read.weights.size(), checkpoint.weights.size());
  for (const auto& [name, tensor] : checkpoint.weights)
    EXPECT_EQ(read.weights.at(name).bytes, tensor.bytes) << name;
}

TEST(Checkpoint, NamesTheTensorThatDoesNotFit) {
  const ScratchFolder folder;
  const auto refusal = [&](auto&& change) {
    auto checkpoint = Small();
    change(checkpoint.weights);
    return ErrorMessage([&] { WriteCheckpoint(folder / "c.safetensors", checkpoint); },
                        ErrorCode::kCorrupt);
  };
  EXPECT_THAT(refusal([](auto& w) { w.erase("encoder.bn1.bias"); }), HasSubstr("encoder.bn1.bias"));
  EXPECT_THAT(refusal([](auto& w) { w["extra"] = Tensor::FromFloat({1}, {1}); }),
              HasSubstr("extra"));
  EXPECT_THAT(refusal([](auto& w) { w["encoder.bn1.bias"] = Tensor::FromFloat({1}, {1}); }),
              HasSubstr("[1] instead of [32]"));
  EXPECT_FALSE(std::filesystem::exists(folder / "c.safetensors"));
}

TEST(Checkpoint, RefusesOtherSafetensors) {
  const ScratchFolder folder;
  EXPECT_THAT(ErrorMessage([] { ReadCheckpoint(Golden("every_type.safetensors")); },
                           ErrorCode::kUnsupported),
              HasSubstr("not a checkpoint"));
  WriteCheckpoint(folder / "c.safetensors", Small());
  auto file = ReadSafetensors(folder / "c.safetensors");
  const auto refusal = [&](const std::string& key, const std::string& value) {
    auto changed = file;
    changed.metadata[key] = value;
    WriteSafetensors(folder / "d.safetensors", changed);
    return ErrorMessage([&] { ReadCheckpoint(folder / "d.safetensors"); }, ErrorCode::kCorrupt);
  };
  EXPECT_THAT(refusal("mhcnn.network", "{"), HasSubstr("JSON"));
  EXPECT_THAT(refusal("mhcnn.network", "{}"), HasSubstr("encoder"));
  EXPECT_THAT(
      refusal("mhcnn.network",
              R"({"encoder":"vgg","decoder_channels":[8,8,8,8,8],"masks":["m"],"dropout":0})"),
      HasSubstr("vgg"));
  EXPECT_THAT(refusal("mhcnn.preprocess", "[]"), HasSubstr("d.safetensors"));
}

/// torchvision's own file for three colours: the grey convolution and the moved mean together give
/// w_c (g - mean_c) / deviation_c.
TEST(Pretrained, FoldsTheNormalisationOfThreeColours) {
  const ScratchFolder folder;
  const Network network = BuildNetwork(Small("resnet18").network);
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

TEST(Pretrained, TakesAnEncoderOfOurOwnAsItIs) {
  const ScratchFolder folder;
  const auto checkpoint = Small();
  WriteCheckpoint(folder / "c.safetensors", checkpoint);
  const auto encoder = ReadPretrained(BuildNetwork(checkpoint.network), folder / "c.safetensors");
  EXPECT_FALSE(encoder.empty());
  for (const auto& [name, tensor] : encoder)
    EXPECT_EQ(tensor.bytes, checkpoint.weights.at(name).bytes) << name;
}

TEST(Pretrained, PackagesFitTheirEncodersOnly) {
  for (const std::string number : {"0", "1", "2"}) {
    const auto file = testing_support::PackageWeights(number);
    if (file.empty()) GTEST_SKIP() << "no ImageNet weights: scripts/setup installs them";
    for (const std::string other : {"0", "1", "2"}) {
      const Network network = BuildNetwork(Small("efficientnet_lite" + other).network);
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

TEST(Pretrained, NamesWhatIsOfAnotherEncoder) {
  const ScratchFolder folder;
  WriteCheckpoint(folder / "c.safetensors", Small());
  EXPECT_THAT(ErrorMessage(
                  [&] {
                    ReadPretrained(BuildNetwork(Small("resnet18").network),
                                   folder / "c.safetensors");
                  },
                  ErrorCode::kUnsupported),
              HasSubstr("checkpoint of the encoder efficientnet_lite0"));
  EXPECT_THAT(
      ErrorMessage([&] { ReadPretrained(BuildNetwork(Small().network), Golden("legacy.pth")); },
                   ErrorCode::kUnsupported),
      HasSubstr("encoder.conv_stem.weight"));
}

}  // namespace
}  // namespace mhcnn
