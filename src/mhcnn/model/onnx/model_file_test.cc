#include "mhcnn/model/onnx/model_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/formula_weights.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

Checkpoint Formula(const std::string& encoder, std::vector<int> decoder_channels) {
  Checkpoint checkpoint;
  checkpoint.network.encoder = encoder;
  checkpoint.network.decoder_channels = std::move(decoder_channels);
  checkpoint.preprocess.input_height = 96;
  checkpoint.preprocess.input_width = 64;
  checkpoint.provenance = nlohmann::json::object();
  checkpoint.weights = FormulaWeights(BuildNetwork(checkpoint.network));
  return checkpoint;
}

Checkpoint Small() { return Formula("efficientnet_lite0", {8, 8, 8, 8, 8}); }

ModelCard Card(const Checkpoint& checkpoint) {
  ModelCard card;
  card.name = "test";
  card.version = "1.2";
  card.masks = checkpoint.network.masks;
  card.categories = {"a", "b", "c", "d"};
  card.calibration = {{"cut_points", {14.5, 19.5, 26.5}}};
  card.training = {{"images", 3}};
  card.provenance = {{"where", "not UTF-8: \xff"}};
  return card;
}

onnx::ModelProto Parsed(const std::filesystem::path& path) {
  onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(ReadTextFile(path)));
  return model;
}

TEST(ModelFile, KeepsCard) {
  const ScratchFolder folder;
  const auto checkpoint = Small();
  WriteOnnxModel(folder / "m.onnx", checkpoint, Card(checkpoint));
  const auto card = ReadModelCard(folder / "m.onnx");
  EXPECT_EQ(card.name, "test");
  EXPECT_EQ(card.version, "1.2");
  EXPECT_EQ(card.network, checkpoint.network);
  EXPECT_EQ(card.preprocess, checkpoint.preprocess);
  EXPECT_EQ(card.masks, checkpoint.network.masks);
  EXPECT_EQ(card.categories.size(), 4u);
  EXPECT_EQ(card.calibration.at("cut_points")[1], 19.5);
  EXPECT_EQ(card.training.at("images"), 3);
}

TEST(ModelFile, IsOpset17WithFreeBatchAndNoBatchNorm) {
  const ScratchFolder folder;
  const auto checkpoint = Small();
  WriteOnnxModel(folder / "m.onnx", checkpoint, Card(checkpoint));
  const auto model = Parsed(folder / "m.onnx");
  EXPECT_EQ(model.ir_version(), 8);
  EXPECT_EQ(model.opset_import(0).version(), 17);
  EXPECT_EQ(model.graph().input(0).type().tensor_type().shape().dim(0).dim_param(), "batch");
  for (const auto& node : model.graph().node()) {
    EXPECT_NE(node.op_type(), "BatchNormalization");
    EXPECT_NE(node.op_type(), "Dropout");
  }
}

TEST(ModelFile, HalfPrecisionHalvesFileSize) {
  const ScratchFolder folder;
  const auto checkpoint = Small();
  WriteOnnxModel(folder / "half.onnx", checkpoint, Card(checkpoint));
  WriteOnnxModel(folder / "full.onnx", checkpoint, Card(checkpoint), {.half = false});
  const auto half = std::filesystem::file_size(folder / "half.onnx"),
             full = std::filesystem::file_size(folder / "full.onnx");
  EXPECT_LT(static_cast<double>(half), 0.55 * static_cast<double>(full));
}

TEST(ModelFile, WeightsBeyondHalfPrecisionStaySingle) {
  const ScratchFolder folder;
  auto checkpoint = Small();
  auto& weight = checkpoint.weights.at("regression_head.weight");
  auto values = weight.ToFloat();
  values[0] = 1e6f;
  weight = Tensor::FromFloat(weight.shape, values);
  WriteOnnxModel(folder / "m.onnx", checkpoint, Card(checkpoint));
  const auto model = Parsed(folder / "m.onnx");
  for (const auto& initializer : model.graph().initializer())
    EXPECT_NE(initializer.name(), "regression_head.weight.f16");
}

TEST(ModelFile, RefusesInvalidWeights) {
  const ScratchFolder folder;
  const auto refusal = [&](auto&& change) {
    auto checkpoint = Small();
    auto card = Card(checkpoint);
    change(checkpoint, card);
    return ErrorMessage([&] { WriteOnnxModel(folder / "m.onnx", checkpoint, card); },
                        ErrorCode::kCorrupt);
  };
  EXPECT_THAT(
      refusal([](auto& checkpoint, auto&) {
        auto& bias = checkpoint.weights.at("segmentation_head.0.bias");
        bias = Tensor::FromFloat(bias.shape, {0, std::numeric_limits<float>::quiet_NaN(), 0});
      }),
      HasSubstr("segmentation_head.0.bias"));
  EXPECT_THAT(refusal([](auto&, auto& card) { card.masks = {"dense"}; }), HasSubstr("masks"));
  EXPECT_THAT(refusal([](auto&, auto& card) { card.categories.pop_back(); }),
              HasSubstr("categories"));
  EXPECT_FALSE(std::filesystem::exists(folder / "m.onnx"));
}

class HostileModel : public ::testing::Test {
 protected:
  HostileModel() {
    const auto checkpoint = Small();
    WriteOnnxModel(path_, checkpoint, Card(checkpoint));
    model_ = Parsed(path_);
  }

  std::string Refusal(const std::string& bytes, ErrorCode code) {
    WriteFileAtomically(path_, bytes);
    return ErrorMessage([&] { ReadModelCard(path_); }, code);
  }
  /// With one metadata value replaced.
  std::string GetRefusal(const std::string& key, const std::string& value,
                         ErrorCode code = ErrorCode::kCorrupt) {
    auto changed = model_;
    for (auto& property : *changed.mutable_metadata_props())
      if (property.key() == "mhcnn." + key) property.set_value(value);
    return Refusal(changed.SerializeAsString(), code);
  }

  ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "m.onnx";
  onnx::ModelProto model_;
};

TEST_F(HostileModel, GivesOneLineError) {
  const auto bytes = model_.SerializeAsString();
  Refusal(bytes.substr(0, bytes.size() / 2), ErrorCode::kCorrupt);
  Refusal("not a model", ErrorCode::kCorrupt);
  Refusal("", ErrorCode::kCorrupt);
  ErrorMessage([&] { ReadModelCard(folder_ / "none.onnx"); }, ErrorCode::kNotFound);
  onnx::ModelProto bare = model_;
  bare.clear_metadata_props();
  EXPECT_THAT(Refusal(bare.SerializeAsString(), ErrorCode::kUnsupported),
              HasSubstr("not one of MH-CNN"));
}

TEST_F(HostileModel, RefusesContradictingMetadata) {
  EXPECT_THAT(GetRefusal("format", "mhcnn-model/9", ErrorCode::kUnsupported), HasSubstr("/9"));
  GetRefusal("network", "{");
  GetRefusal("network", "{}");
  EXPECT_THAT(GetRefusal("masks", R"(["dense", "breast", "pectoral"])"), HasSubstr("masks"));
  EXPECT_THAT(GetRefusal("categories", "[]"), HasSubstr("categories"));
  EXPECT_THAT(GetRefusal("calibration", "7"), HasSubstr("calibration"));
  GetRefusal("preprocess", R"({"input_height": 96})");
  GetRefusal("provenance", std::string(100'000, '['));
}

TEST_F(HostileModel, DetectsFlippedBitInWeight) {
  EXPECT_NO_THROW(ReadModelCard(path_));
  auto changed = model_;
  for (auto& initializer : *changed.mutable_graph()->mutable_initializer()) {
    if (initializer.raw_data().size() > 100) (*initializer.mutable_raw_data())[50] ^= 0x40;
  }
  EXPECT_THAT(Refusal(changed.SerializeAsString(), ErrorCode::kCorrupt), HasSubstr("checksum"));
  EXPECT_THAT(GetRefusal("name", "another"), HasSubstr("checksum"));
}

TEST_F(HostileModel, RefusesExternalWeights) {
  auto changed = model_;
  auto* weight = changed.mutable_graph()->mutable_initializer(0);
  weight->clear_raw_data();
  weight->set_data_location(onnx::TensorProto::EXTERNAL);
  auto* location = weight->add_external_data();
  location->set_key("location");
  location->set_value("/etc/passwd");
  EXPECT_THAT(Refusal(changed.SerializeAsString(), ErrorCode::kUnsupported),
              HasSubstr("other files"));
}

TEST_F(HostileModel, MutatedBytesNeverCrash) {
  for (auto& initializer : *model_.mutable_graph()->mutable_initializer())
    initializer.clear_raw_data();  // leaves the structure, where a change does more
  const auto whole = model_.SerializeAsString();
  int refused = 0;
  for (std::uint64_t round = 0; round < 500; ++round) {
    RandomStream random(3, round);
    auto bytes = whole;
    for (int i = 0; i < 20; ++i)
      bytes[random.Integer(static_cast<std::uint32_t>(bytes.size()))] =
          static_cast<char>(random.Bits());
    std::ofstream(path_, std::ios::binary) << bytes;
    try {
      ReadModelCard(path_);
    } catch (const Error& e) {
      EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
}

/// Not a check of its own: scripts/goldens/check_onnx.py asks for models that another runtime
/// judges.
TEST(ModelFile, WritesFormulaModelsWhereAsked) {
  const char* folder = std::getenv("MHCNN_FORMULA_MODELS");
  if (folder == nullptr) GTEST_SKIP() << "MHCNN_FORMULA_MODELS names no folder";
  for (const std::string encoder : {"resnet101", "efficientnet_lite0"}) {
    const auto checkpoint = Formula(encoder, NetworkOptions{}.decoder_channels);
    for (const bool half : {false, true}) {
      WriteOnnxModel(std::filesystem::path(folder) / (encoder + (half ? ".half.onnx" : ".onnx")),
                     checkpoint, Card(checkpoint), {.half = half});
    }
  }
}

}  // namespace
}  // namespace mhcnn
