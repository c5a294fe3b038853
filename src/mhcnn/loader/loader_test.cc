#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/loader/batch_loader.h"
#include "mhcnn/loader/sampling.h"
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

Example Drawn() {
  Example example{cv::Mat1f::zeros(128, 64),
                  {cv::Mat1b::zeros(128, 64), {}, cv::Mat1b::zeros(128, 64)}};
  cv::ellipse(example.masks[0], {0, 64}, {45, 50}, 0, 0, 360, 255, cv::FILLED);
  cv::circle(example.masks[2], {20, 60}, 12, 255, cv::FILLED);
  example.image.setTo(1, example.masks[2]);
  return example;
}

TEST(Augment, KeepsMasksWithTheImage) {
  AugmentOptions options;
  options.probability = 1;
  options.noise = options.blur = options.brightness = options.gamma = options.contrast = 0;
  int moved = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Example example = Drawn();
    RandomStream random(1, i);
    Augment(example, options, random);
    const cv::Mat bright = example.image > 0.5f;
    const double both = cv::countNonZero(bright & example.masks[2]);
    EXPECT_GT(2 * both / (cv::countNonZero(bright) + cv::countNonZero(example.masks[2])), 0.98);
    EXPECT_TRUE(example.masks[1].empty());
    moved += cv::countNonZero(example.masks[0] != Drawn().masks[0]) > 0;
  }
  EXPECT_GT(moved, 15);
}

/// Everything that moves or covers, and nothing that changes grey values.
TEST(Augment, MovesMasksByShearFlipAndCutToo) {
  AugmentOptions options;
  options.probability = 1;
  options.noise = options.blur = options.brightness = options.gamma = options.contrast = 0;
  options.shear = 0.2;
  options.flip = options.pectoral = options.marker = 0.5;
  int mirrored = 0, cut = 0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    Example example = Drawn();
    example.image.setTo(0.4, example.masks[0] & ~example.masks[2]);
    RandomStream random(2, i);
    Augment(example, options, random);
    const cv::Mat inside = example.masks[0];
    const cv::Mat bright = (example.image > 0.7f) & inside;
    const double both = cv::countNonZero(bright & example.masks[2]),
                 all = cv::countNonZero(bright) + cv::countNonZero(example.masks[2]);
    if (all > 0) {
      EXPECT_GT(2 * both / all, 0.95) << i;
    }
    const cv::Rect box = cv::boundingRect(example.masks[2]);
    mirrored += box.y + box.height / 2 > 66;
    cut += cv::countNonZero(example.masks[0]) < 0.9 * cv::countNonZero(Drawn().masks[0]);
  }
  EXPECT_GT(mirrored, 8);
  EXPECT_GT(cut, 8);
}

TEST(Augment, LooksKeepTheBackgroundAndTheOrderOfGreyValues) {
  AugmentOptions options;
  options.probability = 1;
  options.rotation = options.scale = options.shift = options.cut_off = options.noise =
      options.blur = options.brightness = options.gamma = options.contrast = 0;
  options.tone_curve = 1;
  options.window = 0.2;
  double changed = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Example example = Drawn();
    example.image.setTo(0.4, example.masks[0] & ~example.masks[2]);
    const cv::Mat1f before = example.image.clone();
    RandomStream random(3, i);
    Augment(example, options, random);
    EXPECT_EQ(cv::norm(example.image, cv::NORM_INF, ~example.masks[0]), 0) << i;
    EXPECT_GT(cv::mean(example.image, example.masks[2])[0],
              cv::mean(example.image, example.masks[0] & ~example.masks[2])[0])
        << i;
    changed += cv::norm(example.image, before, cv::NORM_INF);
  }
  EXPECT_GT(changed, 1);
}

TEST(Augment, LocalContrastKeepsTheBackgroundAndScalesRegionsAndDetail) {
  // A ramp from top to bottom, which is smooth, with stripes of one column, which are detail.
  Example example;
  example.image = cv::Mat1f(120, 80, 0.0f);
  for (int y = 20; y < 100; ++y) {
    for (int x = 0; x < 60; ++x)
      example.image(y, x) =
          0.3f + 0.004f * static_cast<float>(y - 20) + (x % 2 == 0 ? 0.02f : -0.02f);
  }
  const cv::Rect skin(0, 20, 60, 1);
  example.image(skin) = 0.03f;  // as dark as the skin's edge
  const cv::Mat1f before = example.image.clone();
  const auto detail = [](const cv::Mat1f& image) { return image(60, 30) - image(60, 31); };
  const auto ramp = [](const cv::Mat1f& image) { return image(90, 30) - image(30, 30); };
  AugmentOptions options;
  options.probability = 1;
  options.rotation = options.scale = options.shift = options.cut_off = options.noise =
      options.blur = options.brightness = options.gamma = options.contrast = 0;
  options.local_contrast = 1;
  int same = 0;
  float flattest = 1, steepest = 0, dullest = 1, sharpest = 0;
  for (std::uint64_t i = 0; i < 80; ++i) {
    example.image = before.clone();
    RandomStream random(4, i);
    Augment(example, options, random);
    EXPECT_EQ(cv::norm(example.image, cv::NORM_INF, before == 0), 0) << i;
    EXPECT_NEAR(cv::mean(example.image, before > 0)[0], cv::mean(before, before > 0)[0], 0.03) << i;
    // Without the share that dark tissue keeps it would be 0.17 and more.
    double darkest, brightest;
    cv::minMaxLoc(example.image(skin), &darkest, &brightest);
    EXPECT_GE(darkest, 0.0199) << i;
    EXPECT_LE(brightest, 0.06) << i;
    same += cv::norm(example.image, before, cv::NORM_INF) == 0;
    flattest = std::min(flattest, ramp(example.image) / ramp(before));
    steepest = std::max(steepest, ramp(example.image) / ramp(before));
    dullest = std::min(dullest, detail(example.image) / detail(before));
    sharpest = std::max(sharpest, detail(example.image) / detail(before));
  }
  EXPECT_NEAR(same, 40, 20);  // half of the images, at random, are left as they are
  // Strength 1 scales what is smooth by exp(-1) to exp(0.3), detail by exp(-0.5) to exp(0.8).
  EXPECT_LT(flattest, 0.65f);
  EXPECT_GT(steepest, 1.05f);
  EXPECT_NEAR(dullest, std::exp(-0.5f), 0.15f);
  EXPECT_NEAR(sharpest, std::exp(0.8f), 0.3f);
}

TEST(Augment, LeavesPaddingBlack) {
  const ScratchFolder folder;
  const auto samples = DrawDataset(folder / "set", 1);
  const PreprocessOptions wide{.input_height = 128, .input_width = 96};  // padding at the side
  const cv::Mat1b padding = Preprocess(ReadMammogram(samples[0].image).pixels, wide).input == 0;
  ASSERT_GT(cv::countNonZero(padding), 1000);
  const Example read = Dataset(samples, wide).Get(0);  // through the store of 16 bits
  EXPECT_EQ(cv::norm(read.image, cv::NORM_INF, padding), 0);
  AugmentOptions options;
  options.probability = 1;
  options.rotation = options.scale = options.shift = options.cut_off = options.blur = 0;
  int changed = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Example example{read.image.clone(), {}};
    RandomStream random(5, i);
    Augment(example, options, random);
    EXPECT_EQ(cv::norm(example.image, cv::NORM_INF, padding), 0) << i;
    changed += cv::norm(example.image, read.image, cv::NORM_INF, ~padding) > 0.02;
  }
  EXPECT_GT(changed, 10);
}

TEST(Augment, DrawsFromItsStreamAlone) {
  const auto made = [](std::uint64_t stream) {
    Example example = Drawn();
    AugmentOptions options;
    options.probability = 1;
    RandomStream random(9, stream);
    Augment(example, options, random);
    return example.image;
  };
  EXPECT_EQ(cv::norm(made(4), made(4), cv::NORM_INF), 0);
  EXPECT_GT(cv::norm(made(4), made(5), cv::NORM_INF), 0);
  Example untouched = Drawn();
  AugmentOptions never;
  never.probability = 0;
  RandomStream random(1);
  Augment(untouched, never, random);
  EXPECT_EQ(cv::norm(untouched.image, Drawn().image, cv::NORM_INF), 0);
}

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

}  // namespace
}  // namespace mhcnn
