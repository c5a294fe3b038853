#include "mhcnn/data/masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/data/manifest.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ScratchFolder;

TEST(Masks, LabelValuesAndThreshold) {
  const ScratchFolder folder;
  cv::Mat1b labels(2, 3);
  labels << 64, 128, 192, 255, 126, 128;
  WritePng(folder / "l.png", labels);
  const Mask some = ReadSampleMask(folder / "l.png#128|192").mask,
             plain = ReadSampleMask(folder / "l.png").mask;
  EXPECT_EQ(cv::countNonZero(some), 3);
  EXPECT_EQ(some(0, 2), 255);
  EXPECT_EQ(cv::countNonZero(plain), 4);
  EXPECT_EQ(StripMaskLabels(folder / "l.png#128"), folder / "l.png");
  EXPECT_THROW(ReadSampleMask(folder / "l.png#x"), Error);
  EXPECT_THROW(ReadSampleMask(folder / "none.png#1"), Error);
}

TEST(SampleMasks, ALabelMapNeedsItsValues) {
  const ScratchFolder folder;
  cv::Mat1b labels(16, 16, static_cast<uchar>(0));
  labels.rowRange(0, 4).setTo(85);
  labels.rowRange(4, 8).setTo(170);
  WritePng(folder / "l.png", labels);
  Sample sample;
  sample.breast_mask = folder / "l.png";
  EXPECT_THAT(
      testing_support::ErrorMessage([&] { ReadSampleMasks(sample, {}); }, ErrorCode::kUsage),
      HasSubstr("contains the values 85, 170, and it is not stated which values mark the tissue"));
  sample.breast_mask = folder / "l.png#85|170";
  EXPECT_EQ(cv::countNonZero(ReadSampleMasks(sample, {}).breast), 128);
}

TEST(SampleMasks, ThresholdSelectsBrighterPixelsOfBreast) {
  const ScratchFolder folder;
  cv::Mat1w picture(2, 3);
  picture << 100, 200, 201, 300, 50, 65535;
  cv::Mat1b breast(2, 3);
  breast << 255, 255, 255, 255, 255, 0;
  cv::Mat1b wanted(2, 3);
  wanted << 0, 0, 255, 255, 0, 0;
  EXPECT_EQ(cv::countNonZero(ThresholdDense(picture, breast, 200) != wanted), 0);

  WritePng(folder / "b.png", breast);
  Sample sample;
  sample.image = folder / "i.png";
  sample.breast_mask = folder / "b.png";
  sample.dense_threshold = 200;
  const SampleMasks masks = ReadSampleMasks(sample, picture);
  EXPECT_EQ(cv::countNonZero(masks.dense != wanted), 0);
  EXPECT_TRUE(masks.pectoral.empty());
  EXPECT_THAT(
      testing_support::ErrorMessage(
          [&] { ReadSampleMasks(sample, GreyImage(3, 3, std::uint16_t{1})); }, ErrorCode::kCorrupt),
      HasSubstr("b.png: the breast mask's size differs from its picture's"));
  sample.breast_mask.reset();
  EXPECT_THAT(
      testing_support::ErrorMessage([&] { ReadSampleMasks(sample, picture); }, ErrorCode::kUsage),
      HasSubstr("i.png: has a dense_threshold but no breast_mask"));
}

}  // namespace
}  // namespace mhcnn
