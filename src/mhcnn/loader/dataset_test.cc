#include "mhcnn/loader/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/distributed/process_group.h"
#include "mhcnn/loader/batch_loader.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing_support::DrawDataset;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

const PreprocessOptions kInput{.input_height = 128, .input_width = 64};

TEST(Dataset, MasksWhatIsNotLabelled) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 2);
  samples[1].dense_mask.reset();
  samples[1].category.reset();
  const Dataset dataset(samples, kInput);
  const Batch batch = MakeBatch(dataset, {0, 1}, nullptr, 0, 0);
  EXPECT_TRUE(batch.targets.mask_valid.equal(torch::tensor({{1.f, 1.f, 0.f}, {1.f, 0.f, 0.f}})));
  // Percent density comes from the masks where the manifest has none, if both are there.
  const cv::Mat1b breast = ReadMask(*samples[0].breast_mask).mask,
                  dense = ReadMask(*samples[0].dense_mask).mask;
  EXPECT_NEAR(batch.targets.percent[0].item<double>(),
              static_cast<double>(cv::countNonZero(dense)) / cv::countNonZero(breast), 1e-6);
  EXPECT_TRUE(batch.targets.percent_weight.equal(torch::tensor({1.f, 0.f})));
  EXPECT_EQ(batch.targets.category[1].item<std::int64_t>(), -1);
  EXPECT_EQ(batch.targets.category[0].item<std::int64_t>(), ToIndex(*samples[0].category));
}

TEST(Dataset, NamesTheFileThatIsWrong) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 2);
  WritePng(*samples[1].dense_mask, cv::Mat1b::zeros(10, 10));
  const auto refusal = [&] {
    return ErrorMessage([&] { Dataset(samples, kInput); }, ErrorCode::kCorrupt);
  };
  EXPECT_THAT(refusal(), HasSubstr("dense-1.png"));
  samples[1].dense_mask.reset();
  fs::resize_file(samples[0].image, fs::file_size(samples[0].image) / 2);
  EXPECT_THAT(refusal(), HasSubstr("image-0.png"));
}

TEST(Dataset, ReadsAgainWhatChanged) {
  const ScratchFolder folder;
  const auto samples = DrawDataset(folder / "set", 3);
  const PreprocessOptions preprocess{.input_height = 128, .input_width = 64};
  const DatasetOptions options{
      .preprocess = preprocess, .cache = folder / "cache" / "", .label = "test"};
  ProcessGroup alone;
  const auto image = [&](std::size_t i) {
    return Dataset(samples, "", options, alone).Get(i).image;
  };
  const cv::Mat1f before = image(1);
  const auto file = fs::directory_iterator(folder / "cache")->path();
  const auto written = fs::last_write_time(file);
  EXPECT_EQ(cv::norm(image(1), before, cv::NORM_INF), 0);
  EXPECT_EQ(fs::last_write_time(file), written) << "nothing was read again";

  fs::copy_file(samples[0].image, samples[1].image, fs::copy_options::overwrite_existing);
  EXPECT_GT(cv::norm(image(1), before, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(image(1), image(0), cv::NORM_INF), 0);
  // Lost while in use: the pictures are read again.
  const Dataset dataset(samples, "", options, alone);
  fs::resize_file(file, 0);
  EXPECT_EQ(cv::norm(dataset.Get(0).image, image(0), cv::NORM_INF), 0);
  EXPECT_EQ(Dataset(samples, "train", options, alone).size(), 3u);
  EXPECT_EQ(Dataset(samples, "val", options, alone).size(), 0u);
}

TEST(Dataset, ReadsAgainWhereTheOptionsChanged) {
  const ScratchFolder folder;
  const auto samples = DrawDataset(folder / "set", 2);
  ProcessGroup alone;
  const auto image = [&](const PreprocessOptions& preprocess, const char* file) {
    return Dataset(samples, "", {.preprocess = preprocess, .cache = folder / file, .label = "test"},
                   alone)
        .Get(1)
        .image;
  };
  // Same size of the records, other grey values, in the one file of a run.
  const PreprocessOptions one{.input_height = 128, .input_width = 64};
  PreprocessOptions other = one;
  other.high_percentile = 60;
  const cv::Mat1f before = image(one, "run.cache"), after = image(other, "run.cache");
  EXPECT_GT(cv::norm(after, before, cv::NORM_INF), 0.01);
  EXPECT_EQ(cv::norm(after, image(other, "new.cache"), cv::NORM_INF), 0);
}

TEST(Dataset, OtherMasksHaveAnotherFile) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 2);
  ProcessGroup alone;
  const auto files = [&] {
    const Dataset dataset(samples, "",
                          {.preprocess = {.input_height = 128, .input_width = 64},
                           .cache = folder / "cache" / "",
                           .label = "test"},
                          alone);
    return std::distance(fs::directory_iterator(folder / "cache"), fs::directory_iterator());
  };
  EXPECT_EQ(files(), 1);
  samples[1].split = "val";  // no part of what is prepared
  EXPECT_EQ(files(), 1);
  samples[1].dense_mask.reset();
  EXPECT_EQ(files(), 2);
  samples[0].dense_mask.reset();
  EXPECT_EQ(files(), 3);
  samples[0].dense_threshold = 2000;
  EXPECT_EQ(files(), 4);
  samples[0].dense_threshold = 2500;
  EXPECT_EQ(files(), 5);
}

/// Empties a file at the last barrier, after the records were written and before they are read.
class EmptyingGroup : public ProcessGroup {
 public:
  explicit EmptyingGroup(fs::path file) : file_(std::move(file)) {}
  void Barrier() override {
    if (++barriers_ == 2) fs::resize_file(file_, 0);
  }

 private:
  fs::path file_;
  int barriers_ = 0;
};

TEST(Dataset, HasThePercentOfMasksWhoseRecordWasLost) {
  const ScratchFolder folder;
  const auto samples = DrawDataset(folder / "set", 2);
  const DatasetOptions options{.preprocess = {.input_height = 128, .input_width = 64},
                               .cache = folder / "cache",
                               .label = "test"};
  EmptyingGroup emptying(folder / "cache");
  const Dataset lost(samples, "", options, emptying);
  ProcessGroup alone;
  const Dataset kept(samples, "", options, alone);
  ASSERT_TRUE(kept[1].percent);
  EXPECT_EQ(lost[1].percent, kept[1].percent);
}

TEST(Dataset, TakesThePercentOfTheManifestBeforeThatOfTheMasks) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 3);
  samples[0].percent_density = 41.5;
  samples[1].breast_mask.reset();
  const Dataset dataset(samples, kInput);
  EXPECT_EQ(dataset[0].percent, 41.5);
  EXPECT_FALSE(dataset[1].percent);
  const cv::Mat1b breast = ReadMask(*samples[2].breast_mask).mask,
                  dense = ReadMask(*samples[2].dense_mask).mask;
  ASSERT_TRUE(dataset[2].percent);
  EXPECT_NEAR(*dataset[2].percent, 100.0 * cv::countNonZero(dense) / cv::countNonZero(breast),
              1e-9);
  EXPECT_EQ(dataset[2].name, samples[2].image.string());
}

TEST(Dataset, NumbersReadersInTheOrderOfTheOptions) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 4);
  samples[0].reader = "second";
  samples[1].reader = "first";
  samples[2].reader = "unlisted";
  ProcessGroup alone;
  const Dataset dataset(samples, "",
                        {.preprocess = kInput, .cache = {}, .readers = {"first", "second"}}, alone);
  EXPECT_TRUE(dataset.has_readers());
  EXPECT_EQ(dataset[0].reader, 1);
  EXPECT_EQ(dataset[1].reader, 0);
  EXPECT_FALSE(dataset[2].reader);
  EXPECT_FALSE(dataset[3].reader);
  EXPECT_FALSE(Dataset(samples, kInput).has_readers());
}

TEST(Dataset, HasTheSamplesOfItsSplitAlone) {
  const ScratchFolder folder;
  const auto samples = DrawDataset(folder / "set", 8);  // every fourth for validation
  ProcessGroup alone;
  const DatasetOptions options{.preprocess = kInput, .cache = folder / "cache"};
  const Dataset all(samples, "", options, alone), train(samples, "train", options, alone),
      val(samples, "val", options, alone);
  EXPECT_EQ(all.size(), 8u);
  EXPECT_EQ(train.size(), 6u);
  ASSERT_EQ(val.size(), 2u);
  EXPECT_EQ(val[1].name, samples[7].image.string());
  EXPECT_EQ(cv::norm(val.Get(1).image, all.Get(7).image, cv::NORM_INF), 0);
}

}  // namespace
}  // namespace mhcnn
