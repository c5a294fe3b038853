#include "mhcnn/train/readers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/model/checkpoint.h"
#include "mhcnn/model/safetensors.h"
#include "mhcnn/nn/reader_model.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"
#include "mhcnn/train/learner.h"
#include "mhcnn/train/trainer.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::DrawDataset;
using testing_support::ErrorMessage;
using testing_support::ParseRecipe;
using testing_support::ScratchFolder;
using testing_support::SmallRecipe;

constexpr std::int64_t kSide = 32, kBatch = 8;

/// Bright discs on dark noise, each marked by one of two readers: the first misses 30 % of the
/// dense pixels, the second adds 10 % of the others.
Batch NoisyBatch(std::uint64_t number) {
  torch::manual_seed(1000 + number);
  const auto y = torch::arange(kSide).view({1, kSide, 1}),
             x = torch::arange(kSide).view({1, 1, kSide});
  const auto place = [] { return torch::rand({kBatch, 1, 1}) * 16 + 8; };
  const auto radius = torch::rand({kBatch, 1, 1}) * 5 + 5;
  const auto dense = ((y - place()).pow(2) + (x - place()).pow(2)).lt(radius.pow(2));
  Batch batch;
  batch.images = (dense.to(torch::kFloat32) * 0.8 + 0.1 * torch::randn(dense.sizes())).unsqueeze(1);
  const auto reader = torch::arange(kBatch).remainder(2);
  const auto missed = torch::rand(dense.sizes()).lt(0.3),
             added = torch::rand(dense.sizes()).lt(0.1);
  const auto marked = torch::where(reader.eq(0).view({-1, 1, 1}), dense & ~missed, dense | added);
  nn::Targets& t = batch.targets;
  t.masks = torch::zeros({kBatch, 3, kSide, kSide});
  t.masks.select(1, 1).copy_(marked);
  t.mask_valid = torch::tensor({0.0f, 1.0f, 0.0f}).expand({kBatch, 3});
  t.percent = torch::zeros({kBatch});
  t.percent_weight = torch::zeros({kBatch});
  t.category = torch::full({kBatch}, -1, torch::kInt64);
  t.reader = reader;
  batch.samples.resize(static_cast<std::size_t>(kBatch));
  return batch;
}

TEST(Readers, LearnsErrorRates) {
  const Recipe recipe = ParseRecipe(R"(data.manifest = "none"
network = {encoder = "resnet18", decoder_channels = [16, 8, 8, 8, 8], heads = ["segmentation"]}
training = {precision = "fp32", channels_last = false}
loss = {readers = true, reader_trace = 0.01}
phase = [{}])");
  ProcessGroup alone;
  Learner learner(recipe, alone, torch::kCPU);
  AuxiliaryState learned{.log_variances = {},
                         .mask_log_variances = {},
                         .reader_names = {"misses", "adds"},
                         .readers = nn::InitialReaderParameters(2)};
  learner.BeginPhase(recipe.phases[0], learned);
  for (std::uint64_t step = 0; step < 220; ++step) learner.Step({NoisyBatch(step)}, 3e-3, step);
  learner.Store(learned);
  const auto rates = nn::ToReaderRates(learned.readers);
  EXPECT_NEAR(rates[0].sensitivity, 0.7, 0.06);
  EXPECT_GT(rates[0].specificity, 0.97);
  EXPECT_GT(rates[1].sensitivity, 0.95);
  EXPECT_NEAR(rates[1].specificity, 0.9, 0.04);
  EXPECT_THAT(ReadersToText(learned), HasSubstr("reader misses: marks "));
  EXPECT_NEAR(ReadersToJson(learned)["adds"]["specificity"].get<double>(), rates[1].specificity,
              1e-12);

  // The network knows the truth, not what is marked: sure within the discs and outside.
  const torch::NoGradGuard no_grad;
  learner.network().eval();
  const Batch batch = NoisyBatch(9999);
  const auto p = torch::sigmoid(learner.network().Forward(batch.images).segmentation.select(1, 1));
  const auto dense = batch.images.select(1, 0).gt(0.4);
  EXPECT_GT(p.masked_select(dense).mean().item<double>(), 0.9);
  EXPECT_LT(p.masked_select(~dense).mean().item<double>(), 0.05);
}

/// A data set of which two thirds were marked by readers.
std::vector<Sample> MarkedByReaders(const fs::path& folder, int count) {
  auto samples = DrawDataset(folder, count);
  const char* names[] = {"", "bert", "anna"};
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].reader = names[i % 3];
  WriteManifest(folder / "manifest.csv", samples);
  return samples;
}

TEST(Readers, ResumeKeepsRatesExactly) {
  const ScratchFolder folder;
  MarkedByReaders(folder / "set", 24);
  std::string recipe = SmallRecipe(folder / "set", 1);
  recipe.replace(recipe.find("seed = 3"), 8, "checkpoint_steps = 1, seed = 3");
  recipe += "loss.readers = true\nloss.uncertainty = true\nloss.mask_uncertainty = true\n";
  const auto train = [&](const fs::path& output, std::uint64_t max_steps) {
    Trainer trainer(ParseRecipe(recipe), recipe, {.output = output, .max_steps = max_steps});
    trainer.Run();
    return trainer.finished();
  };
  ASSERT_TRUE(train(folder / "whole", 0));
  int calls = 1;
  while (!train(folder / "parts", 2)) ASSERT_LT(++calls, 20);
  EXPECT_GT(calls, 4);
  const auto whole = ReadSafetensors(folder / "whole" / "state.safetensors"),
             parts = ReadSafetensors(folder / "parts" / "state.safetensors");
  EXPECT_EQ(whole.metadata.at("watch"), parts.metadata.at("watch"));
  const auto watch = nlohmann::json::parse(whole.metadata.at("watch"));
  EXPECT_THAT(watch.at("reader_names").get<std::vector<std::string>>(),
              ElementsAre("anna", "bert"));
  EXPECT_EQ(watch.at("mask_log_variances").size(), 3u);
  EXPECT_NE(watch.at("mask_log_variances").at(1), 0.0);
  EXPECT_NE(watch.at("readers").get<std::vector<float>>(), nn::InitialReaderParameters(2));
  ASSERT_EQ(whole.tensors.size(), parts.tensors.size());
  for (const auto& [name, tensor] : whole.tensors)
    EXPECT_EQ(tensor.bytes, parts.tensors.at(name).bytes) << name;

  const auto run = nlohmann::json::parse(ReadTextFile(folder / "parts" / "run.json"));
  const auto made = ReadCheckpoint(folder / "parts" / "checkpoint.safetensors").provenance;
  for (const auto* about : {&run, &made}) {
    EXPECT_NE(about->at("readers").at("anna").at("sensitivity"), 0.95);
    EXPECT_EQ(about->at("readers").size(), 2u);
  }
}

TEST(Readers, MustBeNamedAmongTheTrainingImages) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 8);
  EXPECT_THAT(ErrorMessage([&] { ReaderNames(samples, "m.csv"); }, ErrorCode::kUsage),
              HasSubstr("has no training image with a reader"));
  samples[3].reader = "val only";
  samples[0].reader = "anna";
  EXPECT_THAT(ReaderNames(samples, "m.csv"), ElementsAre("anna"));
  ProcessGroup alone;
  DatasetOptions options{.preprocess = {.input_height = 128, .input_width = 64}, .cache = {}};
  options.readers = {"anna"};
  const Dataset dataset(samples, "", options, alone);
  const Batch batch = MakeBatch(dataset, {0, 1, 3}, nullptr, 0, 0);
  EXPECT_TRUE(torch::equal(batch.targets.reader, torch::tensor({0, -1, -1})));
  EXPECT_FALSE(
      MakeBatch(Dataset(samples, options.preprocess), {0}, nullptr, 0, 0).targets.reader.defined());
}

TEST(Thresholds, MakeDenseMask) {
  const ScratchFolder folder;
  const auto drawn = DrawDataset(folder / "set", 4);
  auto samples = drawn;
  for (Sample& sample : samples) {
    sample.dense_mask.reset();
    sample.dense_threshold = 2250;  // between the 1500 of fat and the 3000 of dense tissue
  }
  ProcessGroup alone;
  const DatasetOptions options{.preprocess = {.input_height = 128, .input_width = 64},
                               .cache = folder / "cache"};
  const Dataset masks(drawn, options.preprocess);
  const Dataset thresholds(samples, "", options, alone);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const cv::Mat1b a = masks.Get(i).masks[1], b = thresholds.Get(i).masks[1];
    EXPECT_LT(cv::countNonZero(a != b), 0.02 * cv::countNonZero(a) + 3) << i;
    EXPECT_NEAR(*masks[i].percent, *thresholds[i].percent, 0.5);
  }
  // Another threshold is another label, whatever the cache holds.
  samples[0].dense_threshold = 60000;
  const Dataset none(samples, "", options, alone);
  EXPECT_EQ(none[0].percent, 0);
  EXPECT_EQ(none[1].percent, thresholds[1].percent);
  samples[0].breast_mask.reset();
  EXPECT_THAT(ErrorMessage([&] { Dataset(samples, "", options, alone); }, ErrorCode::kUsage),
              HasSubstr("has a dense_threshold but no breast_mask"));
}

}  // namespace
}  // namespace mhcnn
