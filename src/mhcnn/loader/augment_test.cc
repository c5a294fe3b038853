#include "mhcnn/loader/augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/loader/dataset.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"

namespace mhcnn {
namespace {

using testing_support::DrawDataset;
using testing_support::ScratchFolder;

Example Drawn() {
  Example example{cv::Mat1f::zeros(128, 64),
                  {cv::Mat1b::zeros(128, 64), {}, cv::Mat1b::zeros(128, 64)}};
  cv::ellipse(example.masks[0], {0, 64}, {45, 50}, 0, 0, 360, 255, cv::FILLED);
  cv::circle(example.masks[2], {20, 60}, 12, 255, cv::FILLED);
  example.image.setTo(1, example.masks[2]);
  return example;
}

TEST(Augment, KeepsMasksWithTheImage) {
  AugmentOptions options;
  options.probability = 1;
  options.noise = options.blur = options.brightness = options.gamma = options.contrast = 0;
  int moved = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Example example = Drawn();
    RandomStream random(1, i);
    Augment(example, options, random);
    const cv::Mat bright = example.image > 0.5f;
    const double both = cv::countNonZero(bright & example.masks[2]);
    EXPECT_GT(2 * both / (cv::countNonZero(bright) + cv::countNonZero(example.masks[2])), 0.98);
    EXPECT_TRUE(example.masks[1].empty());
    moved += cv::countNonZero(example.masks[0] != Drawn().masks[0]) > 0;
  }
  EXPECT_GT(moved, 15);
}

/// Everything that moves or covers, and nothing that changes grey values.
TEST(Augment, MovesMasksByShearFlipAndCutToo) {
  AugmentOptions options;
  options.probability = 1;
  options.noise = options.blur = options.brightness = options.gamma = options.contrast = 0;
  options.shear = 0.2;
  options.flip = options.pectoral = options.marker = 0.5;
  int mirrored = 0, cut = 0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    Example example = Drawn();
    example.image.setTo(0.4, example.masks[0] & ~example.masks[2]);
    RandomStream random(2, i);
    Augment(example, options, random);
    const cv::Mat inside = example.masks[0];
    const cv::Mat bright = (example.image > 0.7f) & inside;
    const double both = cv::countNonZero(bright & example.masks[2]),
                 all = cv::countNonZero(bright) + cv::countNonZero(example.masks[2]);
    if (all > 0) {
      EXPECT_GT(2 * both / all, 0.95) << i;
    }
    const cv::Rect box = cv::boundingRect(example.masks[2]);
    mirrored += box.y + box.height / 2 > 66;
    cut += cv::countNonZero(example.masks[0]) < 0.9 * cv::countNonZero(Drawn().masks[0]);
  }
  EXPECT_GT(mirrored, 8);
  EXPECT_GT(cut, 8);
}

TEST(Augment, AppearanceChangesKeepBackgroundAndGreyOrder) {
  AugmentOptions options;
  options.probability = 1;
  options.rotation = options.scale = options.shift = options.cut_off = options.noise =
      options.blur = options.brightness = options.gamma = options.contrast = 0;
  options.tone_curve = 1;
  options.window = 0.2;
  double changed = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Example example = Drawn();
    example.image.setTo(0.4, example.masks[0] & ~example.masks[2]);
    const cv::Mat1f before = example.image.clone();
    RandomStream random(3, i);
    Augment(example, options, random);
    EXPECT_EQ(cv::norm(example.image, cv::NORM_INF, ~example.masks[0]), 0) << i;
    EXPECT_GT(cv::mean(example.image, example.masks[2])[0],
              cv::mean(example.image, example.masks[0] & ~example.masks[2])[0])
        << i;
    changed += cv::norm(example.image, before, cv::NORM_INF);
  }
  EXPECT_GT(changed, 1);
}

TEST(Augment, LocalContrastKeepsTheBackgroundAndScalesRegionsAndDetail) {
  // A ramp from top to bottom, which is smooth, with stripes of one column, which are detail.
  Example example;
  example.image = cv::Mat1f(120, 80, 0.0f);
  for (int y = 20; y < 100; ++y) {
    for (int x = 0; x < 60; ++x)
      example.image(y, x) =
          0.3f + 0.004f * static_cast<float>(y - 20) + (x % 2 == 0 ? 0.02f : -0.02f);
  }
  const cv::Rect skin(0, 20, 60, 1);
  example.image(skin) = 0.03f;  // as dark as the skin's edge
  const cv::Mat1f before = example.image.clone();
  const auto detail = [](const cv::Mat1f& image) { return image(60, 30) - image(60, 31); };
  const auto ramp = [](const cv::Mat1f& image) { return image(90, 30) - image(30, 30); };
  AugmentOptions options;
  options.probability = 1;
  options.rotation = options.scale = options.shift = options.cut_off = options.noise =
      options.blur = options.brightness = options.gamma = options.contrast = 0;
  options.local_contrast = 1;
  int same = 0;
  float flattest = 1, steepest = 0, dullest = 1, sharpest = 0;
  for (std::uint64_t i = 0; i < 80; ++i) {
    example.image = before.clone();
    RandomStream random(4, i);
    Augment(example, options, random);
    EXPECT_EQ(cv::norm(example.image, cv::NORM_INF, before == 0), 0) << i;
    EXPECT_NEAR(cv::mean(example.image, before > 0)[0], cv::mean(before, before > 0)[0], 0.03) << i;
    // Without the share that dark tissue keeps it would be 0.17 and more.
    double darkest, brightest;
    cv::minMaxLoc(example.image(skin), &darkest, &brightest);
    EXPECT_GE(darkest, 0.0199) << i;
    EXPECT_LE(brightest, 0.06) << i;
    same += cv::norm(example.image, before, cv::NORM_INF) == 0;
    flattest = std::min(flattest, ramp(example.image) / ramp(before));
    steepest = std::max(steepest, ramp(example.image) / ramp(before));
    dullest = std::min(dullest, detail(example.image) / detail(before));
    sharpest = std::max(sharpest, detail(example.image) / detail(before));
  }
  EXPECT_NEAR(same, 40, 20);  // half of the images, at random, are left as they are
  // Strength 1 scales what is smooth by exp(-1) to exp(0.3), detail by exp(-0.5) to exp(0.8).
  EXPECT_LT(flattest, 0.65f);
  EXPECT_GT(steepest, 1.05f);
  EXPECT_NEAR(dullest, std::exp(-0.5f), 0.15f);
  EXPECT_NEAR(sharpest, std::exp(0.8f), 0.3f);
}

TEST(Augment, LeavesPaddingBlack) {
  const ScratchFolder folder;
  const auto samples = DrawDataset(folder / "set", 1);
  const PreprocessOptions wide{.input_height = 128, .input_width = 96};  // padding at the side
  const cv::Mat1b padding = Preprocess(ReadMammogram(samples[0].image).pixels, wide).input == 0;
  ASSERT_GT(cv::countNonZero(padding), 1000);
  const Example read = Dataset(samples, wide).Get(0);  // through the store of 16 bits
  EXPECT_EQ(cv::norm(read.image, cv::NORM_INF, padding), 0);
  AugmentOptions options;
  options.probability = 1;
  options.rotation = options.scale = options.shift = options.cut_off = options.blur = 0;
  int changed = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Example example{read.image.clone(), {}};
    RandomStream random(5, i);
    Augment(example, options, random);
    EXPECT_EQ(cv::norm(example.image, cv::NORM_INF, padding), 0) << i;
    changed += cv::norm(example.image, read.image, cv::NORM_INF, ~padding) > 0.02;
  }
  EXPECT_GT(changed, 10);
}

TEST(Augment, DrawsFromItsStreamAlone) {
  const auto made = [](std::uint64_t stream) {
    Example example = Drawn();
    AugmentOptions options;
    options.probability = 1;
    RandomStream random(9, stream);
    Augment(example, options, random);
    return example.image;
  };
  EXPECT_EQ(cv::norm(made(4), made(4), cv::NORM_INF), 0);
  EXPECT_GT(cv::norm(made(4), made(5), cv::NORM_INF), 0);
  Example untouched = Drawn();
  AugmentOptions never;
  never.probability = 0;
  RandomStream random(1);
  Augment(untouched, never, random);
  EXPECT_EQ(cv::norm(untouched.image, Drawn().image, cv::NORM_INF), 0);
}

/// Changes nothing, for a test to switch one kind on.
AugmentOptions Nothing() {
  AugmentOptions options;
  options.probability = 1;
  options.rotation = options.scale = options.shift = options.gamma = options.contrast =
      options.brightness = options.noise = options.blur = options.cut_off = 0;
  return options;
}

/// Area and centre of a mask.
struct Spot {
  double area, x, y;
};
Spot SpotOf(const cv::Mat1b& mask) {
  const cv::Moments moments = cv::moments(mask, true);
  return {moments.m00, moments.m10 / moments.m00, moments.m01 / moments.m00};
}

TEST(Augment, ChangesNothingWhereAllKindsAreOff) {
  Example example = Drawn();
  RandomStream random(1);
  Augment(example, Nothing(), random);
  EXPECT_EQ(cv::norm(example.image, Drawn().image, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(example.masks[0], Drawn().masks[0], cv::NORM_INF), 0);
}

TEST(Augment, ScalesAboutMiddleOfChestWall) {
  AugmentOptions options = Nothing();
  options.scale = 0.3;
  const Spot before = SpotOf(Drawn().masks[2]);
  double smallest = 1, largest = 1;
  for (std::uint64_t i = 0; i < 40; ++i) {
    Example example = Drawn();
    RandomStream random(11, i);
    Augment(example, options, random);
    const Spot after = SpotOf(example.masks[2]);
    // Lengths grow by the scale, areas by its square.
    const double scale = after.x / before.x;
    EXPECT_NEAR((after.y - 64) / (before.y - 64), scale, 0.1) << i;
    EXPECT_NEAR(std::sqrt(after.area / before.area), scale, 0.04) << i;
    EXPECT_GT(scale, std::exp(-0.3) - 0.02) << i;
    EXPECT_LT(scale, std::exp(0.3) + 0.02) << i;
    smallest = std::min(smallest, scale);
    largest = std::max(largest, scale);
  }
  EXPECT_LT(smallest, 0.85);
  EXPECT_GT(largest, 1.2);
}

/// By angles at which no part of the disc leaves the frame.
TEST(Augment, RotatesAboutMiddleOfChestWall) {
  AugmentOptions options = Nothing();
  options.rotation = 30;
  const Spot before = SpotOf(Drawn().masks[2]);
  const double radius = std::hypot(before.x, before.y - 64),
               bearing = std::atan2(before.y - 64, before.x);
  double least = 0, most = 0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    Example example = Drawn();
    RandomStream random(12, i);
    Augment(example, options, random);
    const Spot after = SpotOf(example.masks[2]);
    EXPECT_NEAR(std::hypot(after.x, after.y - 64), radius, 0.5) << i;
    EXPECT_NEAR(after.area, before.area, 0.05 * before.area) << i;
    const double turned = (std::atan2(after.y - 64, after.x) - bearing) * 180 / std::acos(-1.0);
    EXPECT_LT(std::abs(turned), 31) << i;
    least = std::min(least, turned);
    most = std::max(most, turned);
  }
  EXPECT_LT(least, -15);
  EXPECT_GT(most, 15);
}

TEST(Augment, ShearMovesEachRowInProportionToItsHeight) {
  AugmentOptions options = Nothing();
  options.shear = 0.2;
  int sheared = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Example example{cv::Mat1f::zeros(128, 64), {cv::Mat1b::zeros(128, 64)}};
    example.masks[0](cv::Rect(24, 0, 9, 128)).setTo(255);  // an upright bar, its middle at x = 28
    RandomStream random(13, i);
    Augment(example, options, random);
    const auto middle = [&](int row) { return SpotOf(example.masks[0].row(row)).x; };
    const double shear = (middle(124) - middle(4)) / 120;
    EXPECT_LE(std::abs(shear), 0.21) << i;
    for (int row = 4; row < 128; row += 20)
      EXPECT_NEAR(middle(row), 28 + shear * (row - 64), 0.75) << i << ", row " << row;
    sheared += std::abs(shear) > 0.05;
  }
  EXPECT_GT(sheared, 8);
}

TEST(Augment, CutsAtMostStatedShareFromTopOrBottom) {
  AugmentOptions options = Nothing();
  options.cut_off = 0.25;  // 32 of 128 rows
  int top = 0, bottom = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    Example example{cv::Mat1f(128, 64, 0.5f), {cv::Mat1b(128, 64, uchar{255}), {}}};
    RandomStream random(14, i);
    Augment(example, options, random);
    EXPECT_EQ(cv::countNonZero((example.image > 0) != (example.masks[0] > 0)), 0) << i;
    const cv::Mat1b cut = example.masks[0] == 0;
    const cv::Rect box = cv::boundingRect(cut);
    EXPECT_EQ(cv::countNonZero(cut), box.area()) << i;
    if (box.empty()) continue;
    EXPECT_EQ(box.width, 64) << i;
    EXPECT_LE(box.height, 32) << i;
    EXPECT_TRUE(box.y == 0 || box.br().y == 128) << i;
    ++(box.y == 0 ? top : bottom);
  }
  EXPECT_GT(top, 5);
  EXPECT_GT(bottom, 5);
}

TEST(Augment, ContrastScalesAllGreyValuesAlike) {
  AugmentOptions options = Nothing();
  options.contrast = 0.5;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Example example{(cv::Mat1f(1, 4) << 0.25f, 0.5f, 1.0f, -0.2f), {}};
    RandomStream random(15, i);
    Augment(example, options, random);
    const float factor = example.image(0, 2);
    EXPECT_GE(factor, std::exp(-0.5f)) << i;
    EXPECT_LE(factor, std::exp(0.5f)) << i;
    EXPECT_FLOAT_EQ(example.image(0, 0), 0.25f * factor) << i;
    EXPECT_FLOAT_EQ(example.image(0, 1), 0.5f * factor) << i;
    EXPECT_FLOAT_EQ(example.image(0, 3), -0.2f * factor) << i;
  }
}

TEST(Augment, GammaIsOneExponentForAllGreyValuesAndKeepsTheSign) {
  AugmentOptions options = Nothing();
  options.gamma = 0.7;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Example example{(cv::Mat1f(1, 5) << 0.25f, 0.5f, 1.0f, 0.0f, -0.5f), {}};
    RandomStream random(16, i);
    Augment(example, options, random);
    const double exponent = std::log(static_cast<double>(example.image(0, 1))) / std::log(0.5);
    EXPECT_GE(exponent, std::exp(-0.7) - 1e-5) << i;
    EXPECT_LE(exponent, std::exp(0.7) + 1e-5) << i;
    EXPECT_NEAR(example.image(0, 0), std::pow(0.25, exponent), 1e-6) << i;
    EXPECT_EQ(example.image(0, 2), 1) << i;
    EXPECT_EQ(example.image(0, 3), 0) << i;
    EXPECT_EQ(example.image(0, 4), -example.image(0, 1)) << i;
  }
}

TEST(Augment, MarkerCoversBackgroundAlone) {
  AugmentOptions options = Nothing();
  options.marker = 1;
  int marked = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    Example example = Drawn();
    example.image.setTo(0.4, example.masks[0] & ~example.masks[2]);
    const cv::Mat1f before = example.image.clone();
    RandomStream random(17, i);
    Augment(example, options, random);
    const cv::Mat1b changed = example.image != before;
    EXPECT_EQ(cv::countNonZero(changed & example.masks[0]), 0) << i;
    EXPECT_EQ(cv::norm(example.masks[0], Drawn().masks[0], cv::NORM_INF), 0) << i;
    if (cv::countNonZero(changed) == 0) continue;
    ++marked;
    double level = 0;
    cv::minMaxLoc(example.image, nullptr, &level, nullptr, nullptr, changed);
    EXPECT_GE(level, 0.6) << i;
    EXPECT_LE(level, 1.1) << i;
  }
  EXPECT_GT(marked, 10);
}

TEST(Augment, PectoralCutIsTriangleAtChestWall) {
  AugmentOptions options = Nothing();
  options.pectoral = 1;
  for (std::uint64_t i = 0; i < 40; ++i) {
    Example example{cv::Mat1f(128, 64, 0.5f), {cv::Mat1b(128, 64, uchar{255}), {}}};
    RandomStream random(18, i);
    Augment(example, options, random);
    const cv::Mat1b cut = example.image == 0;
    EXPECT_EQ(cv::countNonZero(cut != (example.masks[0] == 0)), 0) << i;
    const cv::Rect box = cv::boundingRect(cut);
    EXPECT_EQ(box.x, 0) << i;
    EXPECT_TRUE(box.y == 0 || box.br().y == 128) << i;
    // Half of its box, and the pixels on the edge.
    EXPECT_NEAR(cv::countNonZero(cut), box.area() / 2.0, box.width + box.height) << i;
  }
}

}  // namespace
}  // namespace mhcnn
