#include "preprocess/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "base/random.h"
#include "preprocess/breast_region.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Scene {
  int rows = 900, columns = 700;
  int background = 0, tissue = 2000, noise = 20;
  bool chest_wall_left = true;
  int white_border = 0;
  bool label = true;
};

struct Drawn {
  GreyImage picture;
  Mask breast;
};

/// A half ellipse at the chest wall with a brighter centre: geometry that is known exactly.
Drawn Draw(const Scene& scene) {
  Drawn drawn{GreyImage(scene.rows, scene.columns), Mask::zeros(scene.rows, scene.columns)};
  RandomStream random(1);
  cv::ellipse(drawn.breast, {0, scene.rows / 2}, {scene.columns * 6 / 10, scene.rows * 4 / 10}, 0,
              0, 360, 255, cv::FILLED);
  Mask label = Mask::zeros(drawn.breast.size());
  if (scene.label)
    cv::rectangle(
        label,
        cv::Rect(scene.columns * 8 / 10, scene.rows / 20, scene.columns / 8, scene.rows / 15), 255,
        cv::FILLED);
  if (!scene.chest_wall_left) cv::flip(drawn.breast, drawn.breast, 1), cv::flip(label, label, 1);
  cv::Mat1f depth;
  cv::distanceTransform(drawn.breast, depth, cv::DIST_L2, 5);
  for (int y = 0; y < scene.rows; ++y) {
    for (int x = 0; x < scene.columns; ++x) {
      double value = scene.background;
      if (drawn.breast(y, x))
        value = scene.background + scene.tissue * (0.4 + 0.6 * std::min(1.0, depth(y, x) / 200.0));
      if (label(y, x)) value = scene.background + 1.6 * scene.tissue;
      const int edge = std::min({y, x, scene.rows - 1 - y, scene.columns - 1 - x});
      if (edge < scene.white_border) value = 4000;
      drawn.picture(y, x) = static_cast<std::uint16_t>(
          std::clamp(value + random.Normal(0, scene.noise), 0.0, 4095.0));
    }
  }
  return drawn;
}

double Overlap(const Mask& a, const Mask& b) {
  return static_cast<double>(cv::countNonZero(a & b)) / cv::countNonZero(a | b);
}

class Backgrounds : public ::testing::TestWithParam<Scene> {};

TEST_P(Backgrounds, BreastIsFoundAndLabelsAreNot) {
  const Drawn drawn = Draw(GetParam());
  const BreastRegion found = FindBreastRegion(drawn.picture);
  Mask inner = drawn.breast.clone();
  const int border = GetParam().white_border + 4;
  cv::rectangle(inner, {0, 0, inner.cols, inner.rows}, 0, 2 * border);
  Mask found_inner = found.mask.clone();
  cv::rectangle(found_inner, {0, 0, inner.cols, inner.rows}, 0, 2 * border);
  EXPECT_GT(Overlap(found_inner, inner), 0.93);
  EXPECT_EQ(found.orientation.mirrored_x, !GetParam().chest_wall_left);
  EXPECT_FALSE(found.orientation.transposed);
  EXPECT_FALSE(found.inverted);
  if (GetParam().label) {
    const int from_nipple = GetParam().columns * 14 / 100;
    const int x = GetParam().chest_wall_left ? GetParam().columns - from_nipple : from_nipple;
    const int y = GetParam().rows / 12;
    EXPECT_EQ(found.mask(y, x), 0);
    EXPECT_EQ(found.other(y, x), 255);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Preprocess, Backgrounds,
    ::testing::Values(Scene{}, Scene{.chest_wall_left = false}, Scene{.background = 300},
                      Scene{.background = 300, .noise = 60}, Scene{.white_border = 14},
                      Scene{.background = 150, .white_border = 30, .label = false},
                      Scene{.rows = 2000, .columns = 1600}, Scene{.rows = 300, .columns = 230}));

TEST(Preprocess, NegativeIsTurned) {
  const Drawn drawn = Draw({.label = false});
  double largest = 0;
  cv::minMaxLoc(drawn.picture, nullptr, &largest);
  const GreyImage negative = largest - drawn.picture;
  const Prepared positive = Preprocess(drawn.picture, {}), turned = Preprocess(negative, {});
  EXPECT_THAT(turned.flags, ElementsAre("inverted"));
  EXPECT_LT(cv::norm(positive.input - turned.input, cv::NORM_L1) /
                static_cast<double>(positive.input.total()),
            0.01);
}

TEST(Preprocess, InputDoesNotDependOnSideOrScaleOfGreyValues) {
  const Drawn left = Draw({});
  const Prepared reference = Preprocess(left.picture, {});
  GreyImage mirrored;
  cv::flip(left.picture, mirrored, 1);
  const Prepared from_mirror = Preprocess(mirrored, {});
  EXPECT_TRUE(from_mirror.geometry.orientation.mirrored_x);
  EXPECT_LT(cv::norm(reference.input, from_mirror.input, cv::NORM_INF), 1e-5);
  GreyImage scaled;
  left.picture.convertTo(scaled, CV_16U, 10, 500);
  EXPECT_LT(cv::norm(reference.input, Preprocess(scaled, {}).input, cv::NORM_INF), 0.01);
}

TEST(Preprocess, MaskThereAndBackKeepsItsAreaWithinHalfAPercent) {
  for (const Scene& scene :
       {Scene{}, Scene{.chest_wall_left = false}, Scene{.rows = 2600, .columns = 2000},
        Scene{.rows = 1100, .columns = 500}}) {
    const Drawn drawn = Draw(scene);
    const Prepared prepared = Preprocess(drawn.picture, {});
    cv::Mat1f map;
    MaskToInput(drawn.breast, prepared.geometry).convertTo(map, CV_32F, 1 / 255.0);
    const Mask back(MapToSource(map, prepared.geometry) > 0.5);
    const double before = cv::countNonZero(drawn.breast), after = cv::countNonZero(back);
    EXPECT_NEAR(after / before, 1, 0.005) << scene.columns << " x " << scene.rows;
    EXPECT_GT(Overlap(back, drawn.breast), 0.985);
  }
}

TEST(Preprocess, AspectIsKeptAndInputFilled) {
  const Drawn drawn = Draw({.rows = 2600, .columns = 2000});
  const InputGeometry geometry = Preprocess(drawn.picture, {}).geometry;
  const double x = static_cast<double>(geometry.placed.width) / geometry.crop.width;
  EXPECT_NEAR(x / geometry.scale(), 1, 0.01);
  EXPECT_TRUE(geometry.placed.width == 256 || geometry.placed.height == 512);
}

TEST(Preprocess, RefusesWhatShowsNoBreast) {
  const auto message = [](const GreyImage& picture) -> std::string {
    try {
      Preprocess(picture, {});
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kOutOfScope);
      return e.what();
    }
    return "nothing thrown";
  };
  EXPECT_THAT(message(GreyImage(1, 1, std::uint16_t{0})), HasSubstr("too small"));
  EXPECT_THAT(message(GreyImage(800, 600, std::uint16_t{0})), HasSubstr("about the same value"));
  GreyImage dot(800, 600, std::uint16_t{10});
  cv::circle(dot, {300, 400}, 12, cv::Scalar(3000), cv::FILLED);
  EXPECT_THAT(message(dot), HasSubstr("shows no breast"));
}

TEST(Preprocess, MaskOfAnotherSizeIsRefused) {
  const Prepared prepared = Preprocess(Draw({}).picture, {});
  EXPECT_THROW(MaskToInput(Mask::zeros(10, 10), prepared.geometry), Error);
}

TEST(PreprocessOptions, SurviveJsonAndAreChecked) {
  PreprocessOptions options{.input_height = 640, .input_width = 320, .low_percentile = 2};
  EXPECT_EQ(nlohmann::json(options).get<PreprocessOptions>(), options);
  nlohmann::json newer = options;
  newer["gamma"] = 2;
  EXPECT_THROW(newer.get<PreprocessOptions>(), Error);
  EXPECT_THROW(nlohmann::json::object().get<PreprocessOptions>(), Error);
  EXPECT_THROW(PreprocessOptions{.input_width = 100}.Check(), Error);
  EXPECT_THROW((PreprocessOptions{.low_percentile = 60, .high_percentile = 50}.Check()), Error);
}

}  // namespace
}  // namespace mhcnn
