#include "mhcnn/draw/canvas.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

constexpr Colour kWhite = Colour::FromRgb(0xFFFFFF), kBlack = Colour::FromRgb(0x000000);

/// Where the page is not black.
cv::Rect Drawn(const Canvas& canvas) {
  cv::Mat1b grey;
  cv::cvtColor(canvas.Pixels(), grey, cv::COLOR_BGR2GRAY);
  return cv::boundingRect(grey);
}

TEST(Canvas, StartsWithItsBackgroundAndFillsBoxesInTheRightColour) {
  Canvas canvas({40, 30}, Colour::FromRgb(0x102030));
  canvas.Fill({10, 5, 20, 10}, Colour::FromRgb(0xFF8000));
  const cv::Mat3b pixels = canvas.Pixels();
  EXPECT_EQ(pixels.size(), cv::Size(40, 30));
  EXPECT_EQ(pixels(0, 0), cv::Vec3b(0x30, 0x20, 0x10));  // BGR
  EXPECT_EQ(pixels(5, 10), cv::Vec3b(0, 0x80, 0xFF));
  EXPECT_EQ(pixels(14, 29), cv::Vec3b(0, 0x80, 0xFF));
  EXPECT_EQ(pixels(15, 29), cv::Vec3b(0x30, 0x20, 0x10));
  EXPECT_EQ(pixels(5, 9), cv::Vec3b(0x30, 0x20, 0x10));
}

TEST(Canvas, MixesByOpacityAndRoundsCorners) {
  Canvas canvas({40, 40}, kBlack);
  canvas.Fill({0, 0, 40, 40}, Colour::FromRgb(0xFFFFFF, 0.5), 20);
  const cv::Mat3b pixels = canvas.Pixels();
  EXPECT_NEAR(pixels(20, 20)[0], 128, 1);
  EXPECT_EQ(pixels(0, 0)[0], 0);
  EXPECT_EQ(pixels(39, 39)[0], 0);
}

TEST(Canvas, DrawsAPictureOfTheBoxsSizeAsItIs) {
  cv::Mat1b picture(10, 20);
  cv::randu(picture, 0, 256);
  Canvas canvas({40, 30}, kBlack);
  canvas.Picture(picture, {3, 4, 20, 10});
  cv::Mat1b grey;
  cv::extractChannel(canvas.Pixels(), grey, 1);
  EXPECT_EQ(cv::countNonZero(grey(cv::Rect(3, 4, 20, 10)) != picture), 0);
  EXPECT_EQ(cv::countNonZero(grey), cv::countNonZero(picture));
}

TEST(Canvas, FillsByEvenOddRule) {
  Canvas canvas({60, 60}, kBlack);
  const Outlines ring = {{{10, 10}, {50, 10}, {50, 50}, {10, 50}},
                         {{20, 20}, {40, 20}, {40, 40}, {20, 40}}};
  canvas.FillOutlines(ring, kWhite);
  const cv::Mat3b pixels = canvas.Pixels();
  EXPECT_EQ(pixels(15, 15)[0], 255);
  EXPECT_EQ(pixels(30, 30)[0], 0);
  EXPECT_EQ(pixels(5, 5)[0], 0);
}

TEST(Canvas, AlignsText) {
  const TextStyle base{.size = 30, .weight = Weight::kRegular, .colour = kWhite, .align = {}};
  double width = 0;
  for (const Align align : {Align::kLeft, Align::kCentre, Align::kRight}) {
    Canvas canvas({400, 60}, kBlack);
    TextStyle style = base;
    style.align = align;
    width = canvas.Text({200, 40}, "HnnH", style);
    const cv::Rect box = Drawn(canvas);
    const double left = align == Align::kLeft     ? 200
                        : align == Align::kCentre ? 200 - width / 2
                                                  : 200 - width;
    EXPECT_NEAR(box.x, left, 5);
    EXPECT_NEAR(box.x + box.width, left + width, 5);
    EXPECT_NEAR(box.y + box.height, 40, 1);            // stands on the base line
    EXPECT_NEAR(box.height, 0.727 * style.size, 1.5);  // Inter's capitals
  }
  EXPECT_NEAR(width, TextWidth("HnnH", base), 1e-9);
}

TEST(Canvas, TheSameDrawingHasTheSamePixels) {
  const auto draw = [] {
    Canvas canvas({200, 80}, kBlack);
    canvas.Text({10.3, 40.7}, "Percent 23.4",
                {.size = 27, .weight = {}, .colour = kWhite, .align = {}});
    canvas.Line({3, 60}, {190, 66}, {.colour = kWhite, .width = 2.5, .dashes = {7, 3}});
    canvas.Disc({150.5, 20}, 9, kWhite);
    return canvas.Pixels();
  };
  EXPECT_EQ(cv::norm(draw(), draw(), cv::NORM_L1), 0);
}

}  // namespace
}  // namespace mhcnn
