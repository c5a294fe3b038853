#include "mhcnn/loader/prepared_sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/model/network.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::DrawDataset;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

/// Wider than the drawn pictures: there is padding at the side.
const PreprocessOptions kWide{.input_height = 128, .input_width = 96};

TEST(MakeInput, IsLinearOverTheClipRange) {
  PreparedSample sample;
  sample.image = (cv::Mat1w(1, 4) << 0, 65535, 13107, 39321);  // 0, 1, 1/5 and 3/5 of the levels
  PreprocessOptions options;
  options.clip_low = -0.5;
  options.clip_high = 1.5;
  const cv::Mat1f input = ToInputImage(sample, options);
  EXPECT_FLOAT_EQ(input(0, 0), -0.5f);
  EXPECT_FLOAT_EQ(input(0, 1), 1.5f);
  EXPECT_FLOAT_EQ(input(0, 2), -0.1f);
  EXPECT_FLOAT_EQ(input(0, 3), 0.7f);
}

TEST(PrepareSample, GivesInputBackToHalfALevel) {
  const ScratchFolder folder;
  const auto samples = DrawDataset(folder / "set", 1);
  const cv::Mat1f wanted = Preprocess(ReadMammogram(samples[0].image).pixels, kWide).input,
                  found = ToInputImage(PrepareSample(samples[0], kWide), kWide);
  ASSERT_EQ(found.size(), wanted.size());
  const double level = (kWide.clip_high - kWide.clip_low) / 65535;
  EXPECT_LE(cv::norm(found, wanted, cv::NORM_INF), level);
  const cv::Mat1b padding = wanted == 0;
  ASSERT_GT(cv::countNonZero(padding), 1000);
  EXPECT_EQ(cv::norm(found, cv::NORM_INF, padding), 0);
}

TEST(PrepareSample, KeepsAbsentMaskEmpty) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 1);
  const PreparedSample both = PrepareSample(samples[0], kWide);
  ASSERT_EQ(both.masks.size(), 3u);
  EXPECT_EQ(both.masks[0].size(), cv::Size(96, 128));
  EXPECT_TRUE(both.masks[2].empty());
  const cv::Mat1b breast = ReadMask(*samples[0].breast_mask).mask,
                  dense = ReadMask(*samples[0].dense_mask).mask;
  ASSERT_TRUE(both.percent_of_masks);
  EXPECT_NEAR(*both.percent_of_masks, 100.0 * cv::countNonZero(dense) / cv::countNonZero(breast),
              1e-9);
  samples[0].dense_mask.reset();
  const PreparedSample breast_alone = PrepareSample(samples[0], kWide);
  EXPECT_TRUE(breast_alone.masks[1].empty());
  EXPECT_FALSE(breast_alone.percent_of_masks);
}

TEST(PrepareSample, MakesDenseMaskOfThreshold) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 1);
  const cv::Mat1w picture = ReadMammogram(samples[0].image).pixels;
  const cv::Mat1b breast = ReadMask(*samples[0].breast_mask).mask;
  const double wanted =
      100.0 * cv::countNonZero((picture > 2200) & breast) / cv::countNonZero(breast);
  samples[0].dense_mask.reset();
  samples[0].dense_threshold = 2200;
  const PreparedSample prepared = PrepareSample(samples[0], kWide);
  ASSERT_TRUE(prepared.percent_of_masks);
  EXPECT_NEAR(*prepared.percent_of_masks, wanted, 1e-9);
  EXPECT_FALSE(prepared.masks[1].empty());
}

TEST(PrepareSample, NamesPictureWithoutBreast) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 1);
  WritePng(samples[0].image, cv::Mat1w(128, 64, ushort{7}));
  EXPECT_THAT(ErrorMessage([&] { PrepareSample(samples[0], kWide); }, ErrorCode::kOutOfScope),
              HasSubstr("image-0.png"));
}

}  // namespace
}  // namespace mhcnn
