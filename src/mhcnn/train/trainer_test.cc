#include "mhcnn/train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "mhcnn/base/csv.h"
#include "mhcnn/model/checkpoint.h"
#include "mhcnn/model/safetensors.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"
#include "mhcnn/train/forward.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::DrawDataset;
using testing_support::ErrorMessage;
using testing_support::ParseRecipe;
using testing_support::ScratchFolder;
using testing_support::SmallRecipe;

bool Train(const std::string& recipe, const fs::path& output, std::uint64_t max_steps = 0) {
  Trainer trainer(ParseRecipe(recipe), recipe, {.output = output, .max_steps = max_steps});
  trainer.Run();
  return trainer.finished();
}

using Row = std::map<std::string, std::string>;
std::vector<Row> Metrics(const fs::path& output) {
  const auto lines = ParseCsv(ReadTextFile(output / "metrics.csv"));
  std::vector<Row> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    Row row;
    for (std::size_t c = 0; c < lines[0].size(); ++c) row[lines[0][c]] = lines[i].at(c);
    rows.push_back(row);
  }
  return rows;
}

TEST(Trainer, LossFallsInEachPhase) {
  const ScratchFolder folder;
  DrawDataset(folder / "set", 40);
  const std::string recipe = SmallRecipe(folder / "set", 4);
  ASSERT_TRUE(Train(recipe, folder / "run"));
  std::map<std::string, std::vector<double>> losses;
  const auto rows = Metrics(folder / "run");
  ASSERT_EQ(rows.size(), 16u);
  for (const auto& row : rows) losses[row.at("phase")].push_back(std::stod(row.at("loss")));
  ASSERT_EQ(losses.size(), 4u);
  for (const auto& [phase, values] : losses) EXPECT_LT(values.back(), values.front()) << phase;
  EXPECT_GT(std::stod(rows.back().at("val_dice_breast")), 0.8);
  EXPECT_GT(std::stod(rows.back().at("val_dice_dense")), 0.5);
  EXPECT_EQ(rows.back().at("val_dice_pectoral"), "") << "no image has that mask";

  const Checkpoint checkpoint = ReadCheckpoint(folder / "run" / "checkpoint.safetensors");
  EXPECT_EQ(checkpoint.network.encoder, "efficientnet_lite0");
  EXPECT_EQ(checkpoint.preprocess.input_height, 128);
  EXPECT_EQ(checkpoint.provenance.at("recipe"), recipe);
  EXPECT_EQ(checkpoint.provenance.at("data").at("splits").at("train"), 30);
  EXPECT_TRUE(fs::exists(folder / "run" / "run.json"));
  EXPECT_EQ(ReadTextFile(folder / "run" / "recipe.toml"), recipe);
}

TEST(Trainer, InterruptedRunEqualsWholeRun) {
  const ScratchFolder folder;
  DrawDataset(folder / "set", 24);
  std::string recipe = SmallRecipe(folder / "set", 1);  // 4 epochs of 3 batches
  recipe.replace(recipe.find("seed = 3"), 8, "checkpoint_steps = 1, seed = 3");
  ASSERT_TRUE(Train(recipe, folder / "whole"));
  int calls = 1;
  while (!Train(recipe, folder / "parts", 2)) ASSERT_LT(++calls, 20);
  EXPECT_GT(calls, 5);
  const auto whole = ReadSafetensors(folder / "whole" / "state.safetensors"),
             parts = ReadSafetensors(folder / "parts" / "state.safetensors");
  ASSERT_EQ(whole.tensors.size(), parts.tensors.size());
  for (const auto& [name, tensor] : whole.tensors)
    EXPECT_EQ(tensor.bytes, parts.tensors.at(name).bytes) << name;
  const auto a = Metrics(folder / "whole"), b = Metrics(folder / "parts");
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (const char* column :
         {"phase", "epoch", "learning_rate", "loss", "val_loss", "val_accuracy"})
      EXPECT_EQ(a[i].at(column), b[i].at(column)) << column;
  }
}

/// `from` replaced in a recipe.
std::string With(std::string recipe, const std::string& from, const std::string& to) {
  return recipe.replace(recipe.find(from), from.size(), to);
}

TEST(Trainer, AllOptionsResumeExactly) {
  const ScratchFolder folder;
  DrawDataset(folder / "set", 40);
  std::string recipe = SmallRecipe(folder / "set", 3);
  recipe = With(recipe, "batch = 6", "batch = 4, checkpoint_steps = 1, patience = 2");
  recipe = With(recipe, "schedule = \"cosine\"",
                "schedule = \"plateau\", plateau_patience = 1, accumulate = 2");
  recipe += "loss.uncertainty = true\n[data]\nsampling = \"density\"\nfolds = 4\nfold = 2\n";
  recipe = With(recipe, "data.manifest = ", "");
  const auto quoted_end = recipe.find('\n');
  const std::string manifest = recipe.substr(0, quoted_end);
  recipe = recipe.substr(quoted_end + 1) + "manifest = " + manifest + "\n";
  ASSERT_TRUE(Train(recipe, folder / "whole"));
  int calls = 1;
  while (!Train(recipe, folder / "parts", 3)) ASSERT_LT(++calls, 40);
  EXPECT_GT(calls, 3);
  const auto whole = ReadSafetensors(folder / "whole" / "state.safetensors"),
             parts = ReadSafetensors(folder / "parts" / "state.safetensors");
  EXPECT_EQ(whole.metadata.at("watch"), parts.metadata.at("watch"));
  EXPECT_THAT(whole.metadata.at("watch"), Not(HasSubstr("\"log_variances\":[0.0,0.0,0.0]")));
  for (const auto& [name, tensor] : whole.tensors)
    EXPECT_EQ(tensor.bytes, parts.tensors.at(name).bytes) << name;
  for (const char* name : {"checkpoint.safetensors", "best.safetensors"}) {
    const auto a = ReadCheckpoint(folder / "whole" / name).weights,
               b = ReadCheckpoint(folder / "parts" / name).weights;
    for (const auto& [tensor, value] : a)
      EXPECT_EQ(value.bytes, b.at(tensor).bytes) << name << " " << tensor;
  }
}

TEST(Trainer, PhaseEndsWithoutLowerLoss) {
  const ScratchFolder folder;
  DrawDataset(folder / "set", 24);
  const int most = 40;
  const std::string recipe =
      With(SmallRecipe(folder / "set", most), "seed = 3", "seed = 3, patience = 1");
  ASSERT_TRUE(Train(recipe, folder / "run"));
  std::map<std::string, std::vector<double>> losses;
  for (const auto& row : Metrics(folder / "run"))
    losses[row.at("phase")].push_back(std::stod(row.at("val_loss")));
  ASSERT_EQ(losses.size(), 4u);
  int early = 0;
  for (const auto& [phase, values] : losses) {
    for (std::size_t i = 1; i + 1 < values.size(); ++i)
      EXPECT_LT(values[i], values[i - 1]) << phase;
    if (values.size() == most) continue;
    ++early;
    EXPECT_GE(values.back(), values[values.size() - 2]) << phase;
  }
  EXPECT_GE(early, 2);
}

TEST(Trainer, NeedsValidationImages) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 12);
  for (auto& sample : samples) sample.split = "train";
  WriteManifest(folder / "set" / "manifest.csv", samples);
  const std::string recipe =
      With(SmallRecipe(folder / "set", 1), "seed = 3", "seed = 3, patience = 1");
  EXPECT_THAT(ErrorMessage([&] { Train(recipe, folder / "run"); }, ErrorCode::kUsage),
              HasSubstr("training.patience"));
}

TEST(Trainer, RefusesResumeWithOtherInputs) {
  const ScratchFolder folder;
  const auto samples = DrawDataset(folder / "set", 12);
  const std::string recipe = SmallRecipe(folder / "set", 1);
  ASSERT_FALSE(Train(recipe, folder / "run", 1));
  std::string other = recipe;
  other.replace(other.find("seed = 3"), 8, "seed = 4");
  EXPECT_THAT(ErrorMessage([&] { Train(other, folder / "run"); }, ErrorCode::kUsage),
              HasSubstr("seed = 4"));
  WriteManifest(folder / "set" / "manifest.csv", {samples.begin(), samples.end() - 1});
  EXPECT_THAT(ErrorMessage([&] { Train(recipe, folder / "run"); }, ErrorCode::kUsage),
              HasSubstr("manifest.csv"));
  EXPECT_NO_THROW(Trainer(ParseRecipe(other), other, {.output = folder / "run", .restart = true}));
}

TEST(Trainer, StopsAtNonFiniteLoss) {
  const ScratchFolder folder;
  DrawDataset(folder / "set", 12);
  const std::string recipe = SmallRecipe(folder / "set", 1);
  ASSERT_FALSE(Train(recipe, folder / "run", 1));
  const fs::path path = folder / "run" / "state.safetensors";
  auto state = ReadSafetensors(path);
  state.tensors.at("weight.segmentation_head.0.bias") = Tensor::FromFloat({3}, {NAN, 0, 0});
  WriteSafetensors(path, state);
  const std::string before = ReadTextFile(path);
  const std::string message =
      ErrorMessage([&] { Train(recipe, folder / "run"); }, ErrorCode::kInternal);
  EXPECT_THAT(message, HasSubstr("the loss is not finite in phase"));
  EXPECT_THAT(message, HasSubstr(".png"));
  EXPECT_EQ(ReadTextFile(path), before);
}

TEST(Trainer, BestCheckpointComesFromValidatedEpoch) {
  const ScratchFolder folder;
  DrawDataset(folder / "set", 24);
  const std::string recipe = SmallRecipe(folder / "set", 2);  // epochs of 3 batches
  const auto weights = [&](const char* name) {
    return ReadCheckpoint(folder / "run" / name).weights;
  };
  ASSERT_FALSE(Train(recipe, folder / "run", 3));
  const auto best = weights("best.safetensors");
  ASSERT_FALSE(Train(recipe, folder / "run", 1));  // one batch of the second epoch
  double change = 0;
  const auto last = weights("checkpoint.safetensors"), kept = weights("best.safetensors");
  for (const auto& [name, tensor] : best) {
    EXPECT_EQ(kept.at(name).bytes, tensor.bytes) << name;
    change += last.at(name).bytes != tensor.bytes;
  }
  EXPECT_GT(change, 0) << "the checkpoint does not change";
}

TEST(Trainer, WritesMissingFilesAfterKill) {
  const ScratchFolder folder;
  DrawDataset(folder / "set", 12);
  const std::string recipe = SmallRecipe(folder / "set", 1);
  ASSERT_TRUE(Train(recipe, folder / "run"));
  const auto before = ReadCheckpoint(folder / "run" / "checkpoint.safetensors").weights;
  const std::string metrics = ReadTextFile(folder / "run" / "metrics.csv");
  fs::remove(folder / "run" / "checkpoint.safetensors");
  fs::remove(folder / "run" / "metrics.csv");
  ASSERT_TRUE(Train(recipe, folder / "run"));
  for (const auto& [name, tensor] :
       ReadCheckpoint(folder / "run" / "checkpoint.safetensors").weights)
    EXPECT_EQ(tensor.bytes, before.at(name).bytes) << name;
  EXPECT_EQ(ReadTextFile(folder / "run" / "metrics.csv"), metrics);
}

TEST(Trainer, TrainsInMixedPrecision) {
  const ScratchFolder folder;
  DrawDataset(folder / "set", 12);
  std::string recipe = SmallRecipe(folder / "set", 1);
  recipe.replace(recipe.find("fp32"), 4, "bf16");
  ASSERT_TRUE(Train(recipe, folder / "run"));
  EXPECT_LT(std::stod(Metrics(folder / "run").front().at("loss")), 1);
}

TEST(Trainer, KeepsMeasuredPrecision) {
  const ScratchFolder folder;
  DrawDataset(folder / "set", 12);
  std::string recipe = SmallRecipe(folder / "set", 1);
  recipe.replace(recipe.find("fp32"), 4, "auto");
  ASSERT_FALSE(Train(recipe, folder / "run", 1));
  // Whatever was measured, a resume on another machine goes on with what the state says.
  const fs::path state = folder / "run" / "state.safetensors";
  SafetensorsFile file = ReadSafetensors(state);
  EXPECT_NO_THROW(ForwardOptions::Named(file.metadata.at("forward")));
  file.metadata["forward"] = "bf16";
  WriteSafetensors(state, file);
  ASSERT_TRUE(Train(recipe, folder / "run"));
  EXPECT_EQ(ReadSafetensors(state).metadata.at("forward"), "bf16");
  EXPECT_EQ(ErrorMessage([] { ForwardOptions::Named("fp8"); }, ErrorCode::kCorrupt),
            "'fp8' is not a known way to compute the network");
}

TEST(Trainer, KeepsPreparedImages) {
  const ScratchFolder folder;
  DrawDataset(folder / "set", 12);
  std::string recipe = SmallRecipe(folder / "set", 1);
  ASSERT_FALSE(Train(recipe, folder / "run", 1));
  EXPECT_TRUE(fs::exists(folder / "run" / "prepared.cache"));
  ASSERT_TRUE(Train(recipe, folder / "run"));
  EXPECT_FALSE(fs::exists(folder / "run" / "prepared.cache"));

  // --restart prepares all images again.
  ASSERT_FALSE(Train(recipe, folder / "run-2", 1));
  const fs::path own_cache = folder / "run-2" / "prepared.cache";
  const auto size = fs::file_size(own_cache);
  fs::resize_file(own_cache, 2 * size);
  EXPECT_NO_THROW(
      Trainer(ParseRecipe(recipe), recipe, {.output = folder / "run-2", .restart = true}));
  EXPECT_EQ(fs::file_size(own_cache), size);

  // A folder that the recipe names keeps them for the next run.
  recipe = "data.cache = \"" + (folder / "cache").string() + "\"\n" + recipe;
  ASSERT_TRUE(Train(recipe, folder / "second"));
  EXPECT_FALSE(fs::exists(folder / "second" / "prepared.cache"));
  ASSERT_EQ(std::distance(fs::directory_iterator(folder / "cache"), fs::directory_iterator()), 1);
  const auto written = fs::last_write_time(fs::directory_iterator(folder / "cache")->path());
  ASSERT_TRUE(Train(recipe, folder / "third"));
  EXPECT_EQ(fs::last_write_time(fs::directory_iterator(folder / "cache")->path()), written);
  const auto own = Metrics(folder / "run"), shared = Metrics(folder / "third");
  ASSERT_EQ(own.size(), 4u);
  ASSERT_EQ(shared.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(own[i].at("loss"), shared[i].at("loss"));
}

}  // namespace
}  // namespace mhcnn
