#include "mhcnn/model/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(Checkpoint, RoundTrips) {
  const ScratchFolder folder;
  auto checkpoint = SmallCheckpoint();
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

TEST(Checkpoint, NamesMismatchedTensor) {
  const ScratchFolder folder;
  const auto refusal = [&](auto&& change) {
    auto checkpoint = SmallCheckpoint();
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
  WriteCheckpoint(folder / "c.safetensors", SmallCheckpoint());
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

}  // namespace
}  // namespace mhcnn
