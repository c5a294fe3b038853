#include "mhcnn/preprocess/quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using testing_support::Draw;
using testing_support::Scene;

std::vector<std::string> Flags(const GreyImage& picture, View view) {
  return QualityFlags(AssessImage(picture, Preprocess(picture, {})), view);
}

TEST(Quality, GoodPictureHasNoFlags) {
  EXPECT_THAT(Flags(Draw({}).picture, View::kCC), IsEmpty());
  EXPECT_THAT(Flags(Draw({.chest_wall_left = false, .white_border = 20}).picture, View::kMLO),
              IsEmpty());
}

TEST(Quality, FractionsReferToBreast) {
  testing_support::Drawn drawn = Draw({.label = false});
  // A tenth of the breast is burnt out; the background's zeros are not counted as dark.
  const int all = cv::countNonZero(drawn.breast);
  int left = all / 10;
  for (int y = drawn.picture.rows / 2; left > 0; ++y) {
    for (int x = 0; x < 300 && left > 0; ++x, --left) drawn.picture(y, x) = 4095;
  }
  const ImageQuality quality = AssessImage(drawn.picture, Preprocess(drawn.picture, {}));
  EXPECT_NEAR(quality.bright_fraction, 0.1, 0.005);
  EXPECT_EQ(quality.dark_fraction, 0);
  EXPECT_THAT(Flags(drawn.picture, View::kCC), ElementsAre("saturated"));
}

TEST(Quality, ClippedShadowsAreSaturationToo) {
  testing_support::Drawn drawn = Draw({.label = false});
  cv::circle(drawn.picture, {150, 450}, 60, cv::Scalar(0), cv::FILLED);
  EXPECT_THAT(Flags(drawn.picture, View::kCC), ElementsAre("saturated"));
}

TEST(Quality, FewGreyValuesAreLowContrast) {
  GreyImage coarse;
  Draw({.noise = 0}).picture.convertTo(coarse, CV_16U, 20 / 4095.0);
  EXPECT_THAT(Flags(coarse, View::kCC), Contains("low_contrast"));
}

TEST(Quality, SmallPicturesHaveLowResolution) {
  const auto shrunk = [](double factor) {
    GreyImage small;
    cv::resize(Draw({.label = false}).picture, small, {}, factor, factor, cv::INTER_AREA);
    return small;
  };
  const auto enlargement = [](const GreyImage& picture) {
    return AssessImage(picture, Preprocess(picture, {})).enlargement;
  };
  // The breast is 420 pixels deep, with a margin of some pixels: its width is what fits.
  EXPECT_NEAR(enlargement(shrunk(1)), PreprocessOptions().input_width / 435.0, 0.02);
  EXPECT_NEAR(enlargement(shrunk(0.25)), 4 * PreprocessOptions().input_width / 435.0, 0.2);
  EXPECT_THAT(Flags(shrunk(0.6), View::kCC), Not(Contains("low_resolution")));
  EXPECT_THAT(Flags(shrunk(0.25), View::kCC), Contains("low_resolution"));
}

TEST(Quality, ContactIsShareOfSide) {
  const GreyImage whole = Draw({.label = false}).picture;
  // The breast is 420 pixels deep, 720 high and ends 180 pixels before the frame does.
  const GreyImage front_cut = whole(cv::Rect(0, 0, 400, whole.rows)).clone();
  const ImageQuality front = AssessImage(front_cut, Preprocess(front_cut, {}));
  // Height of the ellipse at x = 400: 720 * sqrt(1 - (400 / 420)^2) = 219; the outline is coarse.
  EXPECT_NEAR(front.anterior_contact, 219.0 / 720, 0.05);
  EXPECT_THAT(Flags(front_cut, View::kMLO), ElementsAre("breast_cut_off", "nipple_not_seen"));

  const GreyImage top_cut = whole.rowRange(250, whole.rows).clone();
  // Depth at y = 250: 420 * sqrt(1 - (200 / 360)^2) = 349 of 420.
  const ImageQuality top = AssessImage(top_cut, Preprocess(top_cut, {}));
  EXPECT_NEAR(std::max(top.upper_contact, top.lower_contact), 349.0 / 420, 0.03);
  EXPECT_THAT(Flags(top_cut, View::kCC), ElementsAre("breast_cut_off"));
  EXPECT_THAT(Flags(top_cut, View::kMLO), Not(Contains("breast_cut_off")));
}

}  // namespace
}  // namespace mhcnn
