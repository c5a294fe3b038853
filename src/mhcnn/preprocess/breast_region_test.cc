#include "mhcnn/preprocess/breast_region.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/random.h"
#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

using testing_support::Draw;
using testing_support::Drawn;
using testing_support::Overlap;
using testing_support::Scene;

class Backgrounds : public ::testing::TestWithParam<Scene> {};

TEST_P(Backgrounds, BreastIsFoundAndLabelsAreNot) {
  const Drawn drawn = Draw(GetParam());
  const BreastRegion found = FindBreastRegion(drawn.picture);
  Mask inner = drawn.breast.clone();
  const int border =
      std::max({GetParam().white_border, GetParam().black_border, GetParam().grey_edge}) + 6;
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
                      Scene{.rows = 2000, .columns = 1600}, Scene{.rows = 300, .columns = 230},
                      Scene{.ramp = 400}, Scene{.background = 100, .ramp = 800},
                      Scene{.grey_edge = 40},
                      Scene{.chest_wall_left = false, .grey_edge = 40, .grey_value = 700},
                      Scene{.step_wedge = true},
                      Scene{.chest_wall_left = false, .step_wedge = true}, Scene{.tape = true},
                      Scene{.slanted = true}, Scene{.grey_edge = 30, .centre = 35},
                      Scene{.grey_edge = 30, .grey_value = 700, .centre = 35},
                      Scene{.grey_edge = 30, .grey_value = 3000, .centre = 35},
                      Scene{.background = 500, .black_border = 20},
                      Scene{.background = 500, .label = false, .black_border = 80},
                      Scene{.background = 900, .label = false, .black_border = 80, .centre = 35},
                      Scene{.tissue = 600, .noise = 60}, Scene{.background = 1500, .noise = 10}));

TEST(BreastRegion, IsFoundWhereFatCoversMoreThanTheBackground) {
  // Fat of one grey value is the highest peak of the histogram.
  RandomStream random(5);
  GreyImage picture(600, 400);
  Mask breast = Mask::zeros(picture.size());
  cv::ellipse(breast, {0, 300}, {340, 280}, 0, 0, 360, 255, cv::FILLED);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const bool gland = std::hypot(x - 100, y - 300) < 70;
      const int value = breast(y, x) == 0 ? 100 : gland ? 3500 : 900;
      picture(y, x) = static_cast<std::uint16_t>(value + 60 * random.Uniform());
    }
  }
  ASSERT_LT(cv::countNonZero(breast == 0), cv::countNonZero(breast) * 7 / 10);
  EXPECT_GT(Overlap(FindBreastRegion(picture).mask, breast), 0.93);
}

}  // namespace
}  // namespace mhcnn
