#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "mhcnn/base/csv.h"
#include "mhcnn/model/checkpoint.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"
#include "mhcnn/train/forward.h"
#include "mhcnn/train/trainer.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing_support::DrawDataset;
using testing_support::ParseRecipe;
using testing_support::ScratchFolder;

using Row = std::map<std::string, std::string>;

/// Trains a recipe of that network and those phases; the rows of its metrics.csv.
std::vector<Row> Train(const fs::path& folder, const std::string& network,
                       const std::string& phases, const std::string& more = "") {
  if (!fs::exists(folder / "set")) DrawDataset(folder / "set", 24);
  const std::string recipe = "data.manifest = \"" + (folder / "set" / "manifest.csv").string() +
                             "\"\nnetwork = {decoder_channels = [16, 8, 8, 8, 8], " + network +
                             R"(}
preprocess = {input_height = 128, input_width = 64}
optimizer = {learning_rate = 2e-3}
training = {precision = "fp32", batch = 6, seed = 3}
augment = {probability = 0}
phase = [)" + phases + "]\n" +
                             more;
  Trainer trainer(ParseRecipe(recipe), recipe, {.output = folder / "run", .restart = true});
  trainer.Run();
  const auto lines = ParseCsv(ReadTextFile(folder / "run" / "metrics.csv"));
  std::vector<Row> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    Row row;
    for (std::size_t c = 0; c < lines[0].size(); ++c) row[lines[0][c]] = lines[i].at(c);
    rows.push_back(row);
  }
  return rows;
}

TEST(TrainHeads, TrainsSingleHead) {
  const ScratchFolder scratch;
  const fs::path folder = scratch / "";
  const std::string encoder = "encoder = \"efficientnet_lite0\", ";
  auto rows =
      Train(folder, encoder + "heads = [\"regression\"]", "{epochs = 2, lambda_regression = 1}");
  EXPECT_NE(rows.back().at("val_percent_mae_regression"), "");
  for (const char* column : {"val_dice_dense", "val_percent_mae_masks", "val_accuracy"})
    EXPECT_EQ(rows.back().at(column), "") << column;
  EXPECT_TRUE(fs::exists(folder / "run" / "samples" / "epoch-0002.png"));

  rows = Train(folder, encoder + "heads = [\"segmentation\"]", "{epochs = 2}");
  EXPECT_NE(rows.back().at("val_dice_dense"), "");
  EXPECT_NE(rows.back().at("val_percent_mae_masks"), "");
  for (const char* column : {"val_percent_mae_regression", "val_accuracy"})
    EXPECT_EQ(rows.back().at(column), "") << column;
}

TEST(TrainHeads, HistogramHeadLearnsCategories) {
  const ScratchFolder scratch;
  const auto rows =
      Train(scratch / "", "encoder = \"pixel_histogram\", heads = [\"classification\"]",
            "{epochs = 40, lambda_classification = 1}");
  EXPECT_LT(std::stod(rows.back().at("loss")), 0.5 * std::stod(rows.front().at("loss")));
  EXPECT_GT(std::stod(rows.back().at("val_accuracy")), std::stod(rows.back().at("val_commonest")));
  EXPECT_EQ(rows.back().at("val_dice_dense"), "");
  EXPECT_EQ(ReadCheckpoint(scratch / "run/checkpoint.safetensors").network.encoder,
            kPixelHistogram);
}

TEST(TrainHeads, LearnsCategoryOfMaskInSecondStage) {
  const ScratchFolder scratch;
  const fs::path folder = scratch / "";
  const std::string network =
      "encoder = \"efficientnet_lite0\", heads = [\"segmentation\", \"classification\"], "
      "category_from = \"dense_mask\"";
  const std::string first = "{name = \"masks\", epochs = 3}";
  Train(folder, network, first);
  const auto before = ReadCheckpoint(folder / "run/checkpoint.safetensors").weights;
  const auto rows = Train(folder, network,
                          first +
                              ", {name = \"category\", epochs = 6, lambda_segmentation = 0, "
                              "lambda_classification = 1, "
                              "freeze = [\"encoder\", \"decoder\", \"segmentation\"]}");
  for (const auto& [name, tensor] : ReadCheckpoint(folder / "run/checkpoint.safetensors").weights) {
    EXPECT_EQ(tensor.bytes == before.at(name).bytes, !name.starts_with("classification_head"))
        << name;
  }
  EXPECT_LT(std::stod(rows.back().at("loss_classification")),
            std::stod(rows[3].at("loss_classification")));
}

TEST(TrainHeads, TwoDecodersLearnMasks) {
  const ScratchFolder scratch;
  const auto rows = Train(scratch / "", "encoder = \"efficientnet_lite0\", decoders = \"per_mask\"",
                          "{epochs = 6, lambda_regression = 1}", "loss.mask_uncertainty = true\n");
  EXPECT_LT(std::stod(rows.back().at("val_loss_segmentation")),
            std::stod(rows.front().at("val_loss_segmentation")));
  EXPECT_NE(rows.back().at("val_dice_breast"), "");
}

TEST(TrainHeads, MeasuresFastestConfiguration) {
  const Network network =
      BuildNetwork({.encoder = kPixelHistogram, .heads = {Head::kClassification}});
  ProcessGroup alone;
  EXPECT_NO_THROW(MeasureFastestForward(network, {64, 96}, 2, torch::kCPU, alone));
}

}  // namespace
}  // namespace mhcnn
