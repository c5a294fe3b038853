#include "mhcnn/preprocess/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

using testing_support::Draw;
using testing_support::Drawn;
using testing_support::Overlap;
using testing_support::Scene;

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Preprocess, InvertsNegative) {
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

TEST(Preprocess, InputDoesNotDependOnSideOrGreyScale) {
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

TEST(Preprocess, MaskRoundTripKeepsArea) {
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

TEST(Preprocess, KeepsAspectAndFillsInput) {
  const Drawn drawn = Draw({.rows = 2600, .columns = 2000});
  const InputGeometry geometry = Preprocess(drawn.picture, {}).geometry;
  const double x = static_cast<double>(geometry.placed.width) / geometry.crop.width;
  EXPECT_NEAR(x / (static_cast<double>(geometry.placed.height) / geometry.crop.height), 1, 0.01);
  EXPECT_TRUE(geometry.placed.width == 256 || geometry.placed.height == 512);
}

TEST(Preprocess, RefusesPicturesWithoutBreast) {
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

TEST(Preprocess, WorksAtTwiceInputSize) {
  const Drawn fine = Draw({.rows = 3600, .columns = 2800});
  const Prepared prepared = Preprocess(fine.picture, {});
  EXPECT_EQ(prepared.geometry.working, cv::Size(796, 1024));
  EXPECT_EQ(prepared.region.size(), prepared.geometry.working);
  EXPECT_EQ(prepared.geometry.source, fine.picture.size());
  // The scale of grey values stays the picture's: tissue is 800 to 2000.
  EXPECT_NEAR(prepared.high, 2000, 30);
  // An 8-bit copy keeps the fractions of its averages.
  GreyImage coarse;
  fine.picture.convertTo(coarse, CV_16U, 255 / 4095.0);
  EXPECT_LT(cv::norm(Preprocess(coarse, {}).input - prepared.input, cv::NORM_L1) /
                static_cast<double>(prepared.input.total()),
            0.003);
}

TEST(Preprocess, RefusesMaskOfWrongSize) {
  const Prepared prepared = Preprocess(Draw({}).picture, {});
  EXPECT_THROW(MaskToInput(Mask::zeros(10, 10), prepared.geometry), Error);
}

TEST(PreprocessOptions, RoundTripThroughJsonAndAreChecked) {
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
