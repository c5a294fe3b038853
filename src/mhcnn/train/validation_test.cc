#include "mhcnn/train/validation.h"

#include <gtest/gtest.h>

#include "mhcnn/image/file_io.h"
#include "mhcnn/model/builder.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"

namespace mhcnn {
namespace {

using testing_support::DrawDataset;
using testing_support::ScratchFolder;

/// Figures of a network that marks every pixel in every mask, or none in any.
Validation Figures(const std::vector<Sample>& samples, bool marks_all) {
  PreprocessOptions preprocess;
  preprocess.input_height = 128, preprocess.input_width = 64;
  const Dataset dataset(samples, preprocess);
  nn::GraphModule network(BuildNetwork({.encoder = "resnet18",
                                        .decoder_channels = {8, 8, 8, 8, 8},
                                        .dropout = 0,
                                        .heads = {Head::kSegmentation}}));
  network.Initialize(1);
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : network.Trainable()) {
    if (!name.starts_with("segmentation_head")) continue;
    tensor.fill_(name.ends_with("bias") ? (marks_all ? 10 : -10) : 0);
  }
  nn::LossOptions masks_alone;
  masks_alone.lambda_regression = masks_alone.lambda_classification = 0;
  ProcessGroup alone;
  return Validate(network, dataset, 2, masks_alone, {}, alone);
}

/// Means of total, segmentation, regression and classification.
std::vector<double> LossesByBatches(const Dataset& dataset, int batch) {
  nn::GraphModule network(
      BuildNetwork({.encoder = "resnet18", .decoder_channels = {8, 8, 8, 8, 8}, .dropout = 0}));
  network.Initialize(1);
  nn::LossOptions loss;
  loss.category_range = {.weight = 4, .low = {0, 0, 0, 0}, .high = {0.005, 0.01, 0.02, 0.03}};
  loss.class_weights = {1, 2, 3, 4};
  ProcessGroup alone;
  return Validate(network, dataset, batch, loss, {}, alone).losses;
}

class ValidationTest : public ::testing::Test {
 protected:
  /// Two images; the first has a pectoral mask without a pixel, the second one of a rectangle.
  ValidationTest() : samples_(DrawDataset(scratch_ / "set", 2)) {
    for (std::size_t i = 0; i < 2; ++i) {
      cv::Mat1b pectoral = cv::Mat1b::zeros(128, 64);
      if (i == 1) pectoral(cv::Rect(0, 30, 10, 20)) = 255;
      samples_[i].pectoral_mask = scratch_ / ("pectoral-" + std::to_string(i) + ".png");
      WritePng(*samples_[i].pectoral_mask, pectoral);
    }
  }
  const ScratchFolder scratch_;
  std::vector<Sample> samples_;
};

TEST_F(ValidationTest, DiceLeavesOutImagesWhereLabelAndNetworkMarkNothing) {
  const Validation v = Figures(samples_, false);
  ASSERT_EQ(v.dice.size(), 3u);
  EXPECT_EQ(v.dice[0], 0.0);
  EXPECT_EQ(v.dice[2], 0.0) << "the empty pectoral mask would make it 0.5 if it counted as 1";
}

TEST_F(ValidationTest, DiceIsUndefinedWhereEveryImageIsLeftOut) {
  samples_.pop_back();
  EXPECT_FALSE(Figures(samples_, false).dice[2]);
  EXPECT_EQ(Figures(samples_, true).dice[2], 0.0);
}

TEST_F(ValidationTest, AnImageWithoutABreastHasNoPercentToCompare) {
  EXPECT_FALSE(Figures(samples_, false).percent_mae_masks) << "0 % would be a made-up figure";
  const Validation v = Figures(samples_, true);  // all is breast and dense: 100 %
  ASSERT_TRUE(v.percent_mae_masks);
  EXPECT_GT(*v.percent_mae_masks, 50);
  EXPECT_LT(*v.percent_mae_masks, 100);
}

TEST(Validation, LossesDoNotDependOnTheBatches) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 5);
  samples[0].dense_mask.reset();  // a category alone: percent densities by its range
  samples[2].breast_mask.reset();
  samples[2].dense_mask.reset();
  samples[2].category.reset();
  samples[4].percent_density = 70;
  samples[4].category.reset();
  const Dataset dataset(samples, {.input_height = 128, .input_width = 64});
  const auto whole = LossesByBatches(dataset, 5);
  ASSERT_EQ(whole.size(), 4u);
  for (const double loss : whole) EXPECT_GT(loss, 0);
  for (const int batch : {1, 2, 3}) {
    const auto parts = LossesByBatches(dataset, batch);
    ASSERT_EQ(parts.size(), 4u);
    for (std::size_t i = 0; i < whole.size(); ++i)
      EXPECT_NEAR(parts[i], whole[i], 1e-4 * whole[i]) << i << " in batches of " << batch;
  }
}

}  // namespace
}  // namespace mhcnn
