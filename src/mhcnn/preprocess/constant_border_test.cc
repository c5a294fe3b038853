// Frames, filled and cut pictures: what is taken off, what is flagged, and that plain ones stay.
#include "mhcnn/preprocess/constant_border.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "mhcnn/base/random.h"
#include "mhcnn/preprocess/preprocess.h"
#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing::Not;
using testing_support::Draw;
using testing_support::Scene;

GreyImage Framed(const GreyImage& picture, int width, int value) {
  GreyImage framed;
  cv::copyMakeBorder(picture, framed, width, width, width, width, cv::BORDER_CONSTANT, value);
  return framed;
}

cv::Rect Within(const GreyImage& picture, int width) {
  return {cv::Point(width, width), picture.size()};
}

/// A film with padding to a square.
GreyImage Padded(const GreyImage& film) {
  GreyImage padded;
  const int beside = (film.rows - film.cols) / 2;
  cv::copyMakeBorder(film, padded, 0, 0, beside, beside, cv::BORDER_CONSTANT, 0);
  return padded;
}

TEST(Padding, OfAFilmWithADarkGreyBackgroundIsRemoved) {
  const GreyImage film = Draw({.background = 300}).picture;
  const ConstantBorder found = FindConstantBorder(Padded(film));
  const int beside = (film.rows - film.cols) / 2;
  // A line or two at the end of padding may be mixed with it.
  EXPECT_NEAR(found.inner.x, beside, 2);
  EXPECT_NEAR(found.inner.br().x, beside + film.cols, 2);
  EXPECT_EQ(found.inner.height, film.rows);
  EXPECT_THAT(Preprocess(Padded(film), {}).flags, Contains("frame_removed"));
}

TEST(Padding, DigitalImageBackgroundIsPadding) {
  const GreyImage picture = Draw({.background = 0, .noise = 0}).picture;
  const ConstantBorder found = FindConstantBorder(Padded(picture));
  EXPECT_FALSE(found.frame);
  EXPECT_EQ(found.inner, cv::Rect({}, Padded(picture).size()));
}

/// Lines of a sheet of paper, a scanner's bed or padding around a picture, at the sides in the
/// order of Side; its value is of 12 bits.
struct Sheet {
  std::array<int, 4> lines;
  int value;
  double noise = 0;
};

GreyImage LaidOn(const Sheet& sheet, const GreyImage& picture) {
  const auto& [top, bottom, left, right] = sheet.lines;
  GreyImage whole(picture.rows + top + bottom, picture.cols + left + right);
  RandomStream random(3);
  for (auto& value : whole) {
    value = static_cast<std::uint16_t>(
        std::clamp(sheet.value + random.Normal(0, sheet.noise), 0.0, 4095.0));
  }
  picture.copyTo(whole(cv::Rect({left, top}, picture.size())));
  return whole;
}

class Sheets : public testing::TestWithParam<Sheet> {};

TEST_P(Sheets, AreRemovedAroundFilmsAndDigitalPictures) {
  for (const int background : {0, 300}) {
    for (const bool left : {true, false}) {
      const auto drawn = Draw({.background = background, .chest_wall_left = left});
      const GreyImage whole = LaidOn(GetParam(), drawn.picture);
      const int beside = GetParam().lines[kLeft], top = GetParam().lines[kTop];
      const cv::Rect film({beside, top}, drawn.picture.size());
      const cv::Rect inner = FindConstantBorder(whole).inner;
      // A line at an end may be taken for one that is mixed with the sheet.
      EXPECT_EQ(inner & film, inner);
      EXPECT_GE(inner.width, film.width - 2);
      EXPECT_GE(inner.height, film.height - 2);
      EXPECT_THAT(Preprocess(whole, {}).flags, testing::ElementsAre("frame_removed"));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Preprocess, Sheets,
    testing::Values(
        // A letterbox, beside or above and below: 114, 128 and 255 of 255.
        Sheet{{0, 0, 200, 200}, 1831}, Sheet{{0, 0, 200, 200}, 2056}, Sheet{{0, 0, 200, 200}, 4095},
        Sheet{{150, 150, 0, 0}, 1831}, Sheet{{150, 150, 0, 0}, 4095},
        // As after JPEG's compression.
        Sheet{{0, 0, 200, 201}, 1831, 16},
        // A white bed, up to 35 % of the side at each side, or with the film in its corner.
        Sheet{{120, 120, 120, 120}, 4016, 32}, Sheet{{315, 315, 245, 245}, 4016, 32},
        Sheet{{0, 220, 0, 350}, 4016, 32}, Sheet{{220, 0, 350, 0}, 4016, 32},
        Sheet{{180, 180, 0, 140}, 4016, 32}, Sheet{{180, 180, 140, 140}, 3774, 96},
        Sheet{{180, 180, 140, 140}, 1927, 48}));

TEST(Sheet, WithAFrameAroundTheFilmIsRemovedWithIt) {
  const GreyImage film = Draw({.background = 300}).picture;
  const Sheet bed{{180, 180, 140, 140}, 4016, 32};
  const ConstantBorder found = FindConstantBorder(LaidOn(bed, Framed(film, 12, 0)));
  EXPECT_EQ(found.inner, cv::Rect({152, 192}, film.size()));
}

TEST(Sheet, TissueAsBrightAsItHidesOneSideOnly) {
  GreyImage film = Draw({.background = 300}).picture;
  film.colRange(0, 12).setTo(4000);
  const ConstantBorder found = FindConstantBorder(LaidOn({{180, 180, 140, 140}, 4016, 32}, film));
  EXPECT_NEAR(found.inner.x, 146, 7);
  EXPECT_EQ(found.inner.br(), cv::Point(140, 180) + cv::Point(film.size()));
}

TEST(Sheet, NegativeBackgroundIsNotSheet) {
  for (const bool left : {true, false}) {
    const GreyImage positive = Draw({.noise = 0, .chest_wall_left = left, .label = false}).picture;
    double largest = 0;
    cv::minMaxLoc(positive, nullptr, &largest);
    const GreyImage negative = largest - positive;
    EXPECT_EQ(FindConstantBorder(negative).inner, cv::Rect({}, negative.size()));
    // With padding of its own background's value beside it.
    const Prepared plain = Preprocess(negative, {});
    const Prepared padded =
        Preprocess(LaidOn({{0, 0, 150, 150}, static_cast<int>(largest)}, negative), {});
    EXPECT_THAT(padded.flags, Contains("inverted"));
    EXPECT_THAT(padded.flags, Not(Contains("picture_cut")));
    EXPECT_EQ(padded.input.size(), plain.input.size());
    EXPECT_LT(cv::norm(plain.input - padded.input, cv::NORM_L1) /
                  static_cast<double>(plain.input.total()),
              0.05);
  }
}

class Frames : public testing::TestWithParam<std::pair<int, int>> {};  // width and value

TEST_P(Frames, RemovesFrameExactly) {
  const auto [width, value] = GetParam();
  const GreyImage plain = Draw({.background = 200}).picture;
  const ConstantBorder found = FindConstantBorder(Framed(plain, width, value));
  EXPECT_TRUE(found.frame);
  EXPECT_EQ(found.inner, Within(plain, width));
}

TEST_P(Frames, DoNotChangeInputAndMapping) {
  const auto [width, value] = GetParam();
  const auto drawn = Draw({.background = 200});
  const Prepared plain = Preprocess(drawn.picture, {}),
                 framed = Preprocess(Framed(drawn.picture, width, value), {});
  EXPECT_EQ(cv::norm(plain.input, framed.input, cv::NORM_INF), 0);
  EXPECT_THAT(framed.flags, Contains("frame_removed"));
  EXPECT_THAT(plain.flags, Not(Contains("frame_removed")));
  EXPECT_EQ(framed.geometry.source, drawn.picture.size() + cv::Size(2 * width, 2 * width));
  // A mask of the framed picture comes into the input and back to where it was.
  Mask mask;
  cv::copyMakeBorder(drawn.breast, mask, width, width, width, width, cv::BORDER_CONSTANT, 0);
  const Mask input = MaskToInput(mask, framed.geometry);
  EXPECT_EQ(cv::norm(input, MaskToInput(drawn.breast, plain.geometry), cv::NORM_INF), 0);
  cv::Mat1f map;
  input.convertTo(map, CV_32F, 1 / 255.0);
  EXPECT_GT(testing_support::Overlap(Mask(MapToSource(map, framed.geometry) > 0.5), mask), 0.97);
}

INSTANTIATE_TEST_SUITE_P(Preprocess, Frames,
                         testing::Values(std::pair(1, 4095), std::pair(12, 4095),
                                         std::pair(35, 4095), std::pair(12, 2000), std::pair(12, 0),
                                         std::pair(3, 0)));

TEST(ConstantBorder, RemovesDoubleFrames) {
  const GreyImage plain = Draw({.background = 200}).picture;
  EXPECT_EQ(FindConstantBorder(Framed(Framed(plain, 4, 0), 9, 4095)).inner, Within(plain, 13));
  EXPECT_EQ(FindConstantBorder(Framed(Framed(Framed(plain, 4, 4095), 3, 0), 2, 4095)).inner,
            Within(plain, 9));
}

TEST(ConstantBorder, PlainPicturesKeepAllPixels) {
  for (const Scene& scene : {Scene{}, Scene{.noise = 0}, Scene{.background = 300},
                             Scene{.ramp = 400}, Scene{.noise = 0, .centre = 75}}) {
    const GreyImage plain = Draw(scene).picture;
    EXPECT_EQ(FindConstantBorder(plain).inner, cv::Rect({}, plain.size()));
    EXPECT_THAT(Preprocess(plain, {}).flags, Not(Contains("picture_cut")));
    // Padding beside the chest wall, as to a square.
    GreyImage padded;
    cv::copyMakeBorder(plain, padded, 0, 0, 100, 100, cv::BORDER_CONSTANT, 0);
    // It is taken off where it is not of the background's value.
    if (scene.background == 0 && scene.ramp == 0) {
      EXPECT_EQ(FindConstantBorder(padded).inner, cv::Rect({}, padded.size()));
    }
    EXPECT_THAT(Preprocess(padded, {}).flags, Not(Contains("picture_cut")));
    // And above and below, where the breast does not run out of the picture at one of the two.
    if (scene.centre != 50) continue;
    cv::copyMakeBorder(plain, padded, 80, 80, 0, 0, cv::BORDER_CONSTANT, 0);
    EXPECT_THAT(Preprocess(padded, {}).flags, Not(Contains("picture_cut")));
  }
}

}  // namespace
}  // namespace mhcnn
