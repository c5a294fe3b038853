#include "mhcnn/loader/batch_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "mhcnn/distributed/process_group.h"
#include "mhcnn/loader/sampling.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing_support::DrawDataset;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

const PreprocessOptions kInput{.input_height = 128, .input_width = 64};

TEST(BatchLoader, GivesTheSameBatchesForAnyWorkersAndAnyStart) {
  const ScratchFolder folder;
  const Dataset dataset(DrawDataset(folder / "set", 11), kInput);
  const AugmentOptions augment;
  const auto order = EpochPermutation(dataset.size(), {}, 5, 7);
  const auto with = [](int workers, std::size_t first_step) {
    return LoaderOptions{
        .batch = 2, .workers = workers, .seed = 5, .epoch = 7, .first_step = first_step};
  };
  BatchLoader one(dataset, order, augment, with(1, 0)), three(dataset, order, augment, with(3, 0)),
      late(dataset, order, augment, with(2, 2));
  ASSERT_EQ(one.steps(), 5u);
  std::set<std::size_t> seen;
  for (std::size_t i = 0; i < one.steps(); ++i) {
    const Batch a = one.Next().at(0), b = three.Next().at(0);
    EXPECT_EQ(a.samples, b.samples);
    EXPECT_TRUE(a.images.equal(b.images));
    EXPECT_TRUE(a.targets.masks.equal(b.targets.masks));
    if (i >= 2) {
      EXPECT_TRUE(a.images.equal(late.Next().at(0).images));
    }
    seen.insert(a.samples.begin(), a.samples.end());
  }
  EXPECT_EQ(seen.size(), 10u) << "each image at most once an epoch";
  EXPECT_NE(EpochPermutation(dataset.size(), {}, 5, 8), order)
      << "each epoch has an order of its own";
}

TEST(BatchLoader, SharesEachPassAmongProcesses) {
  const ScratchFolder folder;
  const Dataset dataset(DrawDataset(folder / "set", 17), kInput);
  const AugmentOptions augment;
  const auto order = EpochPermutation(dataset.size(), {}, 5, 7);
  LoaderOptions options{.batch = 4, .accumulate = 2, .seed = 5, .epoch = 7};
  BatchLoader whole(dataset, order, augment, options);
  options.size = 2;
  BatchLoader first(dataset, order, augment, options);
  options.rank = 1;
  BatchLoader second(dataset, order, augment, options);
  ASSERT_EQ(whole.steps(), 2u);
  for (std::size_t step = 0; step < whole.steps(); ++step) {
    const auto all = whole.Next(), a = first.Next(), b = second.Next();
    ASSERT_EQ(all.size(), 2u);
    ASSERT_EQ(a.size(), 2u);
    for (std::size_t pass = 0; pass < 2; ++pass) {
      EXPECT_TRUE(all[pass].images.equal(torch::cat({a[pass].images, b[pass].images})));
      EXPECT_EQ(a[pass].samples.size(), 2u);
    }
  }
  // Three processes cannot share a pass of two images.
  EXPECT_EQ(RankSlice(6, {.batch = 4, .size = 3}).size(), 1u);
}

TEST(RankSlice, CoversEachPassOnce) {
  for (const int size : {1, 2, 3, 4}) {
    std::vector<int> taken(11, 0);
    for (int rank = 0; rank < size; ++rank) {
      for (const auto& [first, last] : RankSlice(11, {.batch = 4, .rank = rank, .size = size})) {
        for (std::size_t i = first; i < last; ++i) ++taken[i];
      }
    }
    // The last pass has 3 images: 4 processes cannot share them.
    for (std::size_t i = 0; i < taken.size(); ++i)
      EXPECT_EQ(taken[i], size == 4 && i >= 8 ? 0 : 1) << size << " processes, image " << i;
  }
  EXPECT_THAT(RankSlice(10, {.batch = 6, .rank = 1, .size = 2}),
              ElementsAre(Pair(3, 6), Pair(8, 10)));
}

TEST(MakeBatch, HasTheImagesAndMasksOfTheSamplesInOrder) {
  const ScratchFolder folder;
  const Dataset dataset(DrawDataset(folder / "set", 3), kInput);
  const Batch batch = MakeBatch(dataset, {2, 0}, nullptr, 0, 0);
  ASSERT_EQ(batch.images.sizes(), torch::IntArrayRef({2, 1, 128, 64}));
  ASSERT_EQ(batch.targets.masks.sizes(), torch::IntArrayRef({2, 3, 128, 64}));
  EXPECT_THAT(batch.samples, ElementsAre(2, 0));
  for (const std::int64_t i : {0, 1}) {
    const Example example = dataset.Get(batch.samples[static_cast<std::size_t>(i)]);
    for (int y = 0; y < 128; y += 9) {
      for (int x = 0; x < 64; x += 5) {
        EXPECT_EQ(batch.images[i][0][y][x].item<float>(), example.image(y, x));
        for (const int m : {0, 1}) {
          EXPECT_EQ(batch.targets.masks[i][m][y][x].item<float>(),
                    example.masks[static_cast<std::size_t>(m)](y, x) ? 1 : 0);
        }
      }
    }
  }
  EXPECT_FALSE(batch.targets.reader.defined());
}

TEST(MakeBatch, AugmentsEachImageByTheStreamOfItsPlace) {
  const ScratchFolder folder;
  const Dataset dataset(DrawDataset(folder / "set", 2), kInput);
  AugmentOptions augment;
  augment.probability = 1;
  const Batch both = MakeBatch(dataset, {0, 1}, &augment, 5, 70),
              second = MakeBatch(dataset, {1}, &augment, 5, 71),
              elsewhere = MakeBatch(dataset, {1}, &augment, 5, 70);
  EXPECT_TRUE(both.images[1].equal(second.images[0]));
  EXPECT_FALSE(both.images[1].equal(elsewhere.images[0]));
}

TEST(BatchLoader, MakesOneStepOfSetSmallerThanStep) {
  const ScratchFolder folder;
  const Dataset dataset(DrawDataset(folder / "set", 3), kInput);
  const AugmentOptions augment;
  BatchLoader loader(dataset, {2, 0, 1}, augment, {.batch = 2, .accumulate = 4});
  ASSERT_EQ(loader.steps(), 1u);
  const auto passes = loader.Next();
  ASSERT_EQ(passes.size(), 2u);
  EXPECT_THAT(passes[0].samples, ElementsAre(2, 0));
  EXPECT_THAT(passes[1].samples, ElementsAre(1));
}

TEST(BatchLoader, ThrowsTheErrorOfTheWorker) {
  const ScratchFolder folder;
  const auto samples = DrawDataset(folder / "set", 4);
  ProcessGroup alone;
  const Dataset dataset(samples, "", {.preprocess = kInput, .cache = folder / "cache"}, alone);
  // The record is lost and the picture with it.
  fs::resize_file(folder / "cache", 0);
  fs::remove(samples[1].image);
  const AugmentOptions augment;
  BatchLoader loader(dataset, {0, 1, 2, 3}, augment, {.batch = 4});
  EXPECT_THAT(ErrorMessage([&] { loader.Next(); }, ErrorCode::kNotFound), HasSubstr("image-1.png"));
}

}  // namespace
}  // namespace mhcnn
