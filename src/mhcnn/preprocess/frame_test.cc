#include "mhcnn/preprocess/frame.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

constexpr int kHeight = 600, kWidth = 400;

/// A dark background with noise and a bright half ellipse.
cv::Mat1f Exposure(cv::Size size) {
  cv::Mat1f picture(size), noise(size);
  cv::RNG random(5);
  random.fill(noise, cv::RNG::NORMAL, 0, 0.01);
  picture.setTo(0.12f);
  cv::ellipse(picture, {0, size.height / 2}, {size.width / 2, size.height / 3}, 0, 0, 360, 0.6,
              cv::FILLED);
  return picture + noise;
}

/// The exposure within a border of this value.
cv::Mat1f Framed(float value, int border) {
  cv::Mat1f whole(kHeight, kWidth, value);
  const cv::Rect inner(border, border, kWidth - 2 * border, kHeight - 2 * border);
  Exposure(inner.size()).copyTo(whole(inner));
  return whole;
}

/// The border is off on all sides, with at most 6 pixels of the exposure.
void ExpectCutAt(const cv::Rect& frame, int border) {
  for (const int lines : {frame.x, frame.y, kWidth - frame.br().x, kHeight - frame.br().y}) {
    EXPECT_GE(lines, border);
    EXPECT_LE(lines, border + 6);
  }
}

TEST(FindExposedFrame, PictureWithoutBorderStaysWhole) {
  EXPECT_EQ(FindExposedFrame(Exposure({kWidth, kHeight})), cv::Rect(0, 0, kWidth, kHeight));
}

TEST(FindExposedFrame, WhiteBorderAndBlackBedAreTakenOff) {
  for (const int border : {3, 20, 40}) {
    ExpectCutAt(FindExposedFrame(Framed(1.f, border)), border);
    ExpectCutAt(FindExposedFrame(Framed(0.f, border)), border);
  }
}

TEST(FindExposedFrame, RemovesWhiteBorderWithWriting) {
  cv::Mat1f picture = Framed(1.f, 30);
  picture(cv::Rect(100, 8, 30, 14)).setTo(0.f);  // 7.5 % of the lines that it stands on
  ExpectCutAt(FindExposedFrame(picture), 30);
}

TEST(FindExposedFrame, BedAroundAWhiteBorderIsTakenOffAsWell) {
  cv::Mat1f picture = Framed(1.f, 30);
  cv::rectangle(picture, cv::Rect(0, 0, kWidth, kHeight), cv::Scalar(0),
                2 * 12);  // 12 inside
  ExpectCutAt(FindExposedFrame(picture), 30);
}

TEST(FindExposedFrame, RemovesStripOnOneSide) {
  cv::Mat1f picture = Exposure({kWidth, kHeight});
  picture.colRange(kWidth - 25, kWidth).setTo(0.45f);  // a collimator's shadow
  const cv::Rect frame = FindExposedFrame(picture);
  EXPECT_EQ(frame.x, 0);
  EXPECT_EQ(frame.y, 0);
  EXPECT_EQ(frame.height, kHeight);
  EXPECT_LE(frame.width, kWidth - 25);
  EXPECT_GE(frame.width, kWidth - 25 - 6);
}

TEST(FindExposedFrame, WideStripsAndSoftEdgesAreBackground) {
  cv::Mat1f wide = Exposure({kWidth, kHeight});
  wide.colRange(kWidth - kWidth / 4, kWidth).setTo(1.f);  // the background of a negative
  EXPECT_EQ(FindExposedFrame(wide), cv::Rect(0, 0, kWidth, kHeight));
  cv::Mat1f soft(kHeight, kWidth);
  for (int x = 0; x < kWidth; ++x) soft.col(x).setTo(0.2f * static_cast<float>(x) / kWidth);
  EXPECT_EQ(FindExposedFrame(soft), cv::Rect(0, 0, kWidth, kHeight));
  const cv::Mat1f small(20, 20, 0.5f);
  EXPECT_EQ(FindExposedFrame(small), cv::Rect(0, 0, 20, 20));
}

}  // namespace
}  // namespace mhcnn
