#include "mhcnn/phantom/anatomy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace mhcnn::phantom {
namespace {

constexpr int kCount = 2000;

struct Moments {
  double mean, deviation, low, high;
};

Moments ComputeMoments(const std::function<double(RandomStream)>& sample) {
  std::vector<double> values;
  for (int i = 0; i < kCount; ++i) {
    values.push_back(sample(RandomStream(3, static_cast<std::uint64_t>(i))));
  }
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / kCount;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {mean, std::sqrt(squares / kCount), *low, *high};
}

// The table of docs/phantom.md. The standard error of a mean of 2000 is 1/45 of the deviation.
TEST(Anatomy, WomenFollowTheDocumentedDistributions) {
  const PhantomOptions options;
  const auto of = [&](double Anatomy::*field) {
    return ComputeMoments(
        [&, field](RandomStream random) { return SampleAnatomy(options, random).*field; });
  };
  const Moments frame = of(&Anatomy::frame_mm), depth = of(&Anatomy::depth_mm),
                thickness = of(&Anatomy::thickness_mm), density = of(&Anatomy::density);
  EXPECT_NEAR(frame.mean, 235, 3);
  EXPECT_GE(frame.low, 170);
  EXPECT_LE(frame.high, 310);
  EXPECT_NEAR(depth.mean, 84, 2);
  EXPECT_NEAR(depth.deviation, 20, 2);
  EXPECT_GE(depth.low, 38);
  EXPECT_LE(depth.high, 140);
  EXPECT_NEAR(thickness.mean, 57, 1.5);
  EXPECT_NEAR(thickness.deviation, 14, 1.5);
  // Uniform between 0 and 90: the deviation is 90 / sqrt(12).
  EXPECT_NEAR(density.mean, 45, 2.5);
  EXPECT_NEAR(density.deviation, 90 / std::sqrt(12), 1);
  const Moments implants = ComputeMoments(
      [&](RandomStream random) { return SampleAnatomy(options, random).implant ? 1.0 : 0.0; });
  EXPECT_NEAR(implants.mean, 0.02, 0.012);
}

TEST(Anatomy, PixelSizeSetsTheFieldOfView) {
  PhantomOptions options;
  options.pixel_mm = 0.07;
  options.height = 3000;
  options.density_low = options.density_high = 30;
  const Anatomy woman = SampleAnatomy(options, RandomStream(1));
  EXPECT_DOUBLE_EQ(woman.frame_mm, 210);
  EXPECT_DOUBLE_EQ(woman.density, 30);
}

TEST(Anatomy, ViewsFollowTheDocumentedShares) {
  const Anatomy woman = SampleAnatomy({}, RandomStream(5));
  const auto fraction = [&](View view, const std::function<bool(const ViewPlan&)>& has) {
    return ComputeMoments([&](RandomStream random) {
             return has(SampleView(woman, Laterality::kLeft, view, 120, random)) ? 1.0 : 0.0;
           })
        .mean;
  };
  const auto muscle = [](const ViewPlan& plan) { return plan.pectoral; };
  const auto folded = [](const ViewPlan& plan) { return plan.folds > 0; };
  EXPECT_NEAR(fraction(View::kCC, muscle), 0.15, 0.03);
  EXPECT_NEAR(fraction(View::kMLO, muscle), 0.96, 0.02);
  EXPECT_NEAR(fraction(View::kCC, folded), 0.06, 0.02);
  EXPECT_NEAR(fraction(View::kMLO, folded), 0.35, 0.04);
}

TEST(Anatomy, ViewsOfAWomanDifferByFewPercentAndFitTheFrame) {
  Anatomy woman = SampleAnatomy({}, RandomStream(5));
  const auto of = [&](double ViewPlan::*field, double width) {
    return ComputeMoments([&, field, width](RandomStream random) {
      return SampleView(woman, Laterality::kRight, View::kMLO, width, random).*field;
    });
  };
  EXPECT_NEAR(of(&ViewPlan::thickness_mm, 1000).mean / woman.thickness_mm, 1, 0.01);
  EXPECT_NEAR(of(&ViewPlan::thickness_mm, 1000).deviation / woman.thickness_mm, 0.05, 0.01);
  EXPECT_NEAR(of(&ViewPlan::depth_mm, 1000).deviation / woman.depth_mm, 0.05, 0.01);
  EXPECT_NEAR(of(&ViewPlan::density, 1000).deviation / woman.density, 0.04, 0.01);
  EXPECT_LE(of(&ViewPlan::depth_mm, 50).high, 0.99 * 50);
}

}  // namespace
}  // namespace mhcnn::phantom
