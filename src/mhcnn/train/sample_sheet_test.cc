#include "mhcnn/train/sample_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/distributed/process_group.h"
#include "mhcnn/model/builder.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing_support::DrawDataset;
using testing_support::ScratchFolder;

const PreprocessOptions kInput{.input_height = 128, .input_width = 64};

TEST(SelectByDensity, TakesEvenlyFromLeastToMostDense) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 5);
  const double percent_densities[] = {40, 10, 50, 20, 30};
  for (std::size_t i = 0; i < 5; ++i) samples[i].percent_density = percent_densities[i];
  samples[3].percent_density.reset();
  samples[3].breast_mask.reset();  // without a percent: first
  const Dataset dataset(samples, kInput);
  EXPECT_THAT(SelectByDensity(dataset, 5), ElementsAre(3, 1, 4, 0, 2));
  EXPECT_THAT(SelectByDensity(dataset, 3), ElementsAre(3, 4, 2));
  EXPECT_THAT(SelectByDensity(dataset, 2), ElementsAre(3, 2));
  EXPECT_THAT(SelectByDensity(dataset, 1), ElementsAre(3));
  EXPECT_THAT(SelectByDensity(dataset, 0), IsEmpty());
  EXPECT_THAT(SelectByDensity(dataset, 9), ElementsAre(3, 1, 4, 0, 2));
}

TEST(DrawSampleSheet, HasPairForEachSampleAndLeavesNetworkInTraining) {
  const ScratchFolder folder;
  const Dataset dataset(DrawDataset(folder / "set", 2), kInput);
  nn::GraphModule network(
      BuildNetwork({.encoder = "resnet18", .decoder_channels = {8, 8, 8, 8, 8}, .dropout = 0}));
  network.Initialize(1);
  network.train();
  const auto before = network.Save();
  const cv::Mat3b one = DrawSampleSheet(network, dataset, {0}, {}),
                  both = DrawSampleSheet(network, dataset, {0, 1}, {});
  EXPECT_EQ(both.rows, one.rows);
  EXPECT_EQ(both.cols, 2 * one.cols);
  EXPECT_EQ(cv::norm(both.colRange(0, one.cols), one, cv::NORM_INF), 0);
  EXPECT_TRUE(network.is_training());
  for (const auto& [name, tensor] : network.Save())
    EXPECT_EQ(tensor.bytes, before.at(name).bytes) << name;
}

TEST(DrawAugmentedSheet, HasColumnForEachSampleAndRowForEachDraw) {
  const ScratchFolder folder;
  const Dataset dataset(DrawDataset(folder / "set", 2), kInput);
  AugmentOptions augment;
  augment.probability = 1;
  const std::vector<std::string> masks = {"breast", "dense", "pectoral"};
  const auto sheet = [&](int draws) {
    return DrawAugmentedSheet(dataset, {0, 1}, augment, 7, draws, masks);
  };
  const cv::Mat3b plain = sheet(0), drawn = sheet(3);
  EXPECT_EQ(drawn.cols, plain.cols);
  EXPECT_EQ(drawn.rows, 4 * plain.rows);
  EXPECT_EQ(cv::norm(drawn.rowRange(0, plain.rows), plain, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(drawn, sheet(3), cv::NORM_INF), 0) << "the same each time";
  EXPECT_GT(cv::norm(drawn.rowRange(plain.rows, 2 * plain.rows), plain, cv::NORM_INF), 50);
}

}  // namespace
}  // namespace mhcnn
