#include "mhcnn/preprocess/several_breasts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "mhcnn/image/file_io.h"
#include "mhcnn/preprocess/preprocess.h"
#include "mhcnn/testing/real_data.h"
#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing::Not;
using testing_support::Draw;

TEST(SeveralBreasts, AreDetectedInAnyArrangement) {
  const GreyImage one = Draw({.background = 100}).picture;
  const GreyImage two = Draw({.tissue = 1700, .label = false, .centre = 45}).picture;
  const auto flip = [](const GreyImage& picture) {
    GreyImage mirrored;
    cv::flip(picture, mirrored, 1);
    return mirrored;
  };
  const auto beside = [](const GreyImage& a, const GreyImage& b) {
    GreyImage both;
    cv::hconcat(a, b, both);
    return both;
  };
  const auto below = [](const GreyImage& a, const GreyImage& b) {
    GreyImage both;
    cv::vconcat(a, b, both);
    return both;
  };
  const GreyImage facing = beside(one, flip(two)), back = beside(flip(one), two);
  for (const GreyImage& picture :
       {facing, back, beside(one, two), beside(flip(one), one), below(one, two), below(back, back),
        below(facing, facing), GreyImage(back.t())}) {
    EXPECT_THAT(Preprocess(picture, {}).flags, Contains("several_breasts")) << picture.size();
  }
  EXPECT_THAT(Preprocess(one, {}).flags, Not(Contains("several_breasts")));
  EXPECT_THAT(Preprocess(two, {}).flags, Not(Contains("several_breasts")));
}

bool FlagsSeveral(const GreyImage& picture) {
  const auto flags = Preprocess(picture, {}).flags;
  return std::find(flags.begin(), flags.end(), "several_breasts") != flags.end();
}

GreyImage Mirrored(const GreyImage& picture) {
  GreyImage mirrored;
  cv::flip(picture, mirrored, 1);
  return mirrored;
}

GreyImage Beside(std::vector<GreyImage> pictures) {
  GreyImage all;
  cv::hconcat(pictures, all);
  return all;
}

GreyImage Below(const GreyImage& above, const GreyImage& below) {
  GreyImage both;
  cv::vconcat(above, below, both);
  return both;
}

/// An ellipse of smooth random texture, the same mean grey everywhere.
GreyImage Textured(cv::Size size, cv::Point centre, cv::Size axes, int seed) {
  cv::Mat1f texture(size);
  cv::RNG random(static_cast<std::uint64_t>(seed));
  random.fill(texture, cv::RNG::NORMAL, 0, 1);
  cv::GaussianBlur(texture, texture, {0, 0}, 7);
  cv::Mat1b inside = cv::Mat1b::zeros(size);
  cv::ellipse(inside, centre, axes, 0, 0, 360, 255, cv::FILLED);
  GreyImage picture = GreyImage::zeros(size);
  cv::Mat(1500 + texture * 8000).copyTo(texture);
  GreyImage values;
  texture.convertTo(values, CV_16U);
  values.copyTo(picture, inside);
  return picture;
}

/// A breast at the left side.
GreyImage TexturedBreast(int seed) { return Textured({500, 900}, {0, 450}, {400, 380}, seed); }

TEST(SeveralBreasts, AreDetectedBackToBackWithWallsOfOneGrey) {
  const GreyImage right = Mirrored(TexturedBreast(1)), left = TexturedBreast(2);
  const GreyImage pair = Beside({right, left});
  const GreyImage line = Beside({right, GreyImage(900, 3, 4000), left});
  for (const GreyImage& picture : {pair, line, GreyImage(pair.t()), Below(pair, Mirrored(pair))}) {
    EXPECT_TRUE(FlagsSeveral(picture)) << picture.size();
  }
}

TEST(SeveralBreasts, OutlineOrLineAloneIsNotDetected) {
  EXPECT_FALSE(FlagsSeveral(Textured({1000, 900}, {500, 450}, {400, 380}, 3)));  // no chest wall
  GreyImage line = TexturedBreast(4);
  line.colRange(200, 203).setTo(4000);
  GreyImage across = TexturedBreast(5);
  across.rowRange(450, 453).setTo(4000);
  for (const GreyImage& picture : {line, across}) {
    EXPECT_FALSE(FlagsSeveral(picture));
    EXPECT_FALSE(FlagsSeveral(picture.t()));
    // Padding at the chest wall does not make it skin.
    EXPECT_FALSE(FlagsSeveral(Beside({GreyImage::zeros(900, 60), picture})));
  }
}

/// A real digital picture without the padding at the chest wall, which is at the left.
GreyImage RealBreast(const std::string& name) {
  const GreyImage file = ReadGreyImage(testing_support::RealData("cesm/images/" + name + ".jpg"));
  const GreyImage picture = name.find("_R_") == std::string::npos ? file : Mirrored(file);
  int wall = 0;
  while (wall < 150 && cv::countNonZero(picture.col(wall) > 12) <= 8) ++wall;
  GreyImage resampled;  // as in a copy of a viewer: the wall's edge is soft
  cv::resize(picture.colRange(wall, wall + 358), resampled, {629, 900}, 0, 0, cv::INTER_CUBIC);
  return resampled;
}

TEST(SeveralBreasts, AreDetectedInRealPairsAndSheets) {
  const auto folder = testing_support::RealData("cesm/images");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << testing_support::NoRealData(folder);
  const GreyImage right_cc = RealBreast("P265_R_DM_CC"), left_cc = RealBreast("P265_L_DM_CC"),
                  right_mlo = RealBreast("P265_R_DM_MLO"), left_mlo = RealBreast("P265_L_DM_MLO");
  for (const GreyImage& one : {right_cc, left_cc, right_mlo, left_mlo}) {
    EXPECT_FALSE(FlagsSeveral(one));
  }
  const GreyImage cc = Beside({Mirrored(right_cc), left_cc}),
                  mlo = Beside({Mirrored(right_mlo), left_mlo});
  for (const GreyImage& picture : {cc, mlo, Below(cc, mlo)}) {
    EXPECT_TRUE(FlagsSeveral(picture)) << picture.size();
  }
}

}  // namespace
}  // namespace mhcnn
