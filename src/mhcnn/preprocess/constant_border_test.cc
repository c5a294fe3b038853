// Frames, filled and cut pictures: what is taken off, what is flagged, and that plain ones stay.
#include "mhcnn/preprocess/constant_border.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(Padding, OfADigitalPictureIsItsBackground) {
  const GreyImage picture = Draw({.background = 0, .noise = 0}).picture;
  const ConstantBorder found = FindConstantBorder(Padded(picture));
  EXPECT_FALSE(found.frame);
  EXPECT_EQ(found.inner, cv::Rect({}, Padded(picture).size()));
}

class Frames : public testing::TestWithParam<std::pair<int, int>> {};  // width and value

TEST_P(Frames, AreRemovedExactly) {
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
