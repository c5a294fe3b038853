#include "mhcnn/loader/prepared_store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "mhcnn/base/random.h"
#include "mhcnn/distributed/process_group.h"
#include "mhcnn/loader/dataset.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing_support::DrawDataset;
using testing_support::ScratchFolder;

const cv::Size kInput{64, 128};

/// Noise with the masks of `present`.
PreparedSample Noise(std::uint64_t seed, const std::vector<bool>& present) {
  RandomStream random(seed);
  PreparedSample sample;
  sample.image.create(kInput);
  for (auto& value : sample.image) value = static_cast<std::uint16_t>(random.Integer(65536));
  for (const bool there : present) {
    sample.masks.emplace_back();
    if (!there) continue;
    sample.masks.back().create(kInput);
    for (auto& value : sample.masks.back()) value = random.Integer(2) ? 255 : 0;
  }
  sample.percent_of_masks = random.Uniform() * 100;
  return sample;
}

void ExpectEqual(const PreparedSample& a, const PreparedSample& b) {
  EXPECT_EQ(cv::norm(a.image, b.image, cv::NORM_INF), 0);
  EXPECT_EQ(a.percent_of_masks, b.percent_of_masks);
  ASSERT_EQ(a.masks.size(), b.masks.size());
  for (std::size_t m = 0; m < a.masks.size(); ++m) {
    ASSERT_EQ(a.masks[m].empty(), b.masks[m].empty());
    if (a.masks[m].empty()) continue;
    EXPECT_EQ(cv::norm(a.masks[m], b.masks[m], cv::NORM_INF), 0);
  }
}

TEST(PreparedStore, GivesBackWhatItGot) {
  const ScratchFolder folder;
  const auto first = Noise(1, {true, true, false}), second = Noise(2, {false, true, true});
  {
    PreparedStore store(folder / "a/b.cache", kInput, 3);
    EXPECT_FALSE(store.Read(0, 7));
    store.Write(5, 8, second);
    store.Write(0, 7, first);
    ExpectEqual(*store.Read(5, 8), second);
  }
  const PreparedStore store(folder / "a/b.cache", kInput, 3);
  ExpectEqual(*store.Read(0, 7), first);
  EXPECT_EQ(store.PercentOf(0, 7), first.percent_of_masks);
  EXPECT_FALSE(store.Read(0, 9)) << "the files have changed since";
  EXPECT_FALSE(store.PercentOf(0, 9));
  EXPECT_TRUE(store.Has(0, 7));
  EXPECT_FALSE(store.Has(0, 9));
  EXPECT_FALSE(store.Read(3, 0x1234)) << "a hole between records";
  EXPECT_FALSE(store.Read(1000, 7));
}

TEST(PreparedStore, KeepsARecordWithoutAPercent) {
  const ScratchFolder folder;
  auto sample = Noise(1, {true, false, false});
  sample.percent_of_masks.reset();
  PreparedStore store(folder / "c", kInput, 3);
  store.Write(0, 7, sample);
  EXPECT_TRUE(store.Has(0, 7));
  EXPECT_FALSE(store.PercentOf(0, 7));
  ExpectEqual(*store.Read(0, 7), sample);
}

TEST(PreparedStore, TakesADamagedRecordForMissing) {
  const ScratchFolder folder;
  const auto sample = Noise(3, {true, true, true});
  PreparedStore store(folder / "c", kInput, 3);
  store.Write(0, 7, sample);
  store.Write(1, 8, sample);
  {
    std::fstream file(folder / "c", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(5000);
    file.put('x').put('y');
  }
  EXPECT_FALSE(store.Read(0, 7));
  EXPECT_TRUE(store.Read(1, 8));
  fs::resize_file(folder / "c", fs::file_size(folder / "c") - 1000);
  EXPECT_FALSE(store.Read(1, 8)) << "cut short";
}

TEST(PreparedStore, ServesSeveralThreads) {
  PreparedStore store("", kInput, 3);
  std::vector<std::jthread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&store, t] {
      for (std::uint64_t i = 0; i < 8; ++i) {
        const auto sample = Noise(i, {true, false, true});
        store.Write(i, i + 1, sample);  // all write the same, as runs that share a cache do
        ExpectEqual(*store.Read((i + t) % (i + 1), (i + t) % (i + 1) + 1),
                    Noise((i + t) % (i + 1), {true, false, true}));
      }
    });
  }
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
  // Lost while in use: the pictures are read anew.
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

}  // namespace
}  // namespace mhcnn
