#include "mhcnn/results/view_picture.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mhcnn/image/tissue_label.h"

namespace mhcnn {
namespace {

TEST(DisplayGrey, IsLinearFromDarkestToBrightest) {
  GreyImage picture(200, 500);  // 1000 to 5990 in steps of 10, in each row
  for (int x = 0; x < picture.cols; ++x) picture.col(x) = static_cast<std::uint16_t>(1000 + 10 * x);
  const cv::Mat1b grey = DisplayGrey(picture, picture.size());
  EXPECT_EQ(grey(0, 0), 0);
  EXPECT_EQ(grey(0, 499), 255);
  for (const int x : {100, 250, 400}) EXPECT_NEAR(grey(7, x), 255.0 * x / 499, 1.5) << x;
}

TEST(DisplayGrey, LeavesFewExtremePixelsOut) {
  GreyImage picture(100, 100);
  for (int y = 0; y < 100; ++y) picture.row(y) = static_cast<std::uint16_t>(y < 50 ? 100 : 300);
  picture(99, 99) = 65535;  // 1 of 10000 pixels
  const cv::Mat1b grey = DisplayGrey(picture, picture.size());
  EXPECT_EQ(grey(0, 0), 0);
  EXPECT_EQ(grey(60, 60), 255);
}

TEST(DisplayGrey, DrawsPictureOfOneValueInOneGrey) {
  const cv::Mat1b grey = DisplayGrey(GreyImage(30, 20, std::uint16_t{700}), {10, 15});
  EXPECT_EQ(grey.size(), cv::Size(10, 15));
  EXPECT_EQ(cv::countNonZero(grey != grey(0, 0)), 0);
}

TEST(ResizeMaskOrZero, HasNothingSetForMissingMask) {
  const Mask mask = ResizeMaskOrZero({}, {12, 7});
  EXPECT_EQ(mask.size(), cv::Size(12, 7));
  EXPECT_EQ(cv::countNonZero(mask), 0);
}

TEST(MakeViewPicture, LimitsLongerSideAndKeepsAspect) {
  const GreyImage picture(1000, 400, std::uint16_t{5});
  EXPECT_EQ(MakeViewPicture(picture, {}, 500).grey.size(), cv::Size(200, 500));
  EXPECT_EQ(MakeViewPicture(picture, {}, 1400).grey.size(), cv::Size(400, 1000)) << "not enlarged";
  EXPECT_EQ(MakeViewPicture(GreyImage(4000, 1, std::uint16_t{5}), {}, 100).grey.size(),
            cv::Size(1, 100));
}

TEST(MakeViewPicture, HasMasksOfItsSize) {
  const GreyImage picture(400, 200, std::uint16_t{5});
  cv::Mat1b labels = cv::Mat1b::zeros(picture.size());
  labels(cv::Rect(0, 100, 120, 200)) = static_cast<std::uint8_t>(TissueLabel::kBreast);
  labels(cv::Rect(20, 140, 40, 60)) = static_cast<std::uint8_t>(TissueLabel::kDense);
  labels(cv::Rect(0, 0, 80, 40)) = static_cast<std::uint8_t>(TissueLabel::kPectoral);
  const ViewPicture view = MakeViewPicture(picture, labels, 200);
  ASSERT_EQ(view.breast.size(), cv::Size(100, 200));
  // Dense tissue lies in the breast; areas are a quarter of the picture's areas.
  EXPECT_EQ(cv::boundingRect(view.breast), cv::Rect(0, 50, 60, 100));
  EXPECT_EQ(cv::countNonZero(view.breast), 60 * 100);
  EXPECT_EQ(cv::boundingRect(view.dense), cv::Rect(10, 70, 20, 30));
  EXPECT_EQ(cv::boundingRect(view.pectoral), cv::Rect(0, 0, 40, 20));
}

TEST(MakeViewPicture, IsEmptyWithoutPicture) {
  EXPECT_TRUE(MakeViewPicture({}, {}).empty());
  const ViewPicture without_masks = MakeViewPicture(GreyImage(10, 10, std::uint16_t{5}), {});
  EXPECT_FALSE(without_masks.empty());
  EXPECT_TRUE(without_masks.breast.empty());
}

}  // namespace
}  // namespace mhcnn
