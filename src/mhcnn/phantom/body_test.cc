#include "mhcnn/phantom/body.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mhcnn::phantom {
namespace {

const Grid kGrid{512, 256, 0.45};  // 230 x 115 mm

Anatomy Woman() {
  Anatomy woman{};
  woman.frame_mm = kGrid.HeightMm();
  woman.power_upper = woman.power_lower = woman.power_depth = 2;  // an ellipse
  woman.edge_power = 0.5;
  woman.edge_fraction = 0.5;
  return woman;
}

ViewPlan CranioCaudal() {
  ViewPlan plan{};
  plan.view = View::kCC;
  plan.depth_mm = 80;
  plan.aspect = 1.1;
  plan.thickness_mm = 50;
  plan.nipple_y = 0.5;
  return plan;
}

/// An MLO view whose muscle is a triangle of 40 mm along the top and 120 mm down the chest wall.
ViewPlan Oblique() {
  ViewPlan plan = CranioCaudal();
  plan.view = View::kMLO;
  plan.nipple_y = 0.6;
  plan.axilla_fraction = 0.7;
  plan.axilla_bend = 1.5;
  plan.axilla_power = 2;
  plan.lower_mm = 70;
  plan.pectoral = true;
  plan.pectoral_top_mm = 40;
  plan.pectoral_length_mm = 120;
  plan.pectoral_fraction = 0.8;
  plan.pectoral_ramp_mm = 2;
  return plan;
}

double AreaMm2(const Mask& mask) { return cv::countNonZero(mask) * kGrid.mm * kGrid.mm; }

TEST(Body, CcOutlineIsHalfAnEllipse) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Body body = MakeBody(Woman(), CranioCaudal(), kGrid, RandomStream(seed));
    EXPECT_NEAR(AreaMm2(body.inside), 0.5 * CV_PI * 80 * (80 * 1.1), 0.05 * 11058) << seed;
    EXPECT_NEAR(body.nipple.x, 80, 5);
    EXPECT_NEAR(body.nipple.y, 0.5 * kGrid.HeightMm(), 12);
    EXPECT_EQ(cv::countNonZero(body.pectoral), 0);
    EXPECT_EQ(cv::countNonZero(body.muscle_fraction), 0);
    // The frame cuts the breast at the chest wall; it has no skin there.
    EXPECT_GT(body.skin_mm(256, 0), 60);
  }
}

// T = T0 (1 - s^2)^e with s = 1 at the skin and 0 where full thickness is reached.
TEST(Body, ThicknessFallsToZeroAtTheSkinByTheDocumentedCurve) {
  for (const double power : {0.5, 1.0}) {
    Anatomy woman = Woman();
    woman.edge_power = power;
    const Body body = MakeBody(woman, CranioCaudal(), kGrid, RandomStream(2));
    for (int y = 0; y < kGrid.height; y += 3) {
      for (int x = 0; x < kGrid.width; x += 3) {
        const double s = std::max(0.0, 1 - body.skin_mm(y, x) / (0.5 * 50));
        const double truth = body.skin_mm(y, x) > 0 ? 50 * std::pow(1 - s * s, power) : 0;
        ASSERT_NEAR(body.thickness_mm(y, x), truth, 1e-3) << x << " " << y;
      }
    }
  }
}

TEST(Body, TiltedPaddleAddsAGradient) {
  ViewPlan plan = CranioCaudal();
  plan.tilt_y = 0.2;
  const Body body = MakeBody(Woman(), plan, kGrid, RandomStream(2));
  // 40 mm from the middle of the frame either way, deep inside the breast.
  const int rows = static_cast<int>(40 / kGrid.mm);
  const double above = body.thickness_mm(256 - rows, 30), below = body.thickness_mm(256 + rows, 30);
  EXPECT_NEAR(below - above, 50 * 0.2 * 2 * rows / 512.0, 0.1);
}

TEST(Body, MuscleIsAWedgeFromTheTopOfTheChestWall) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Body body = MakeBody(Woman(), Oblique(), kGrid, RandomStream(seed));
    EXPECT_NEAR(AreaMm2(body.pectoral), 0.5 * 40 * 120, 0.15 * 2400) << seed;
    EXPECT_EQ(cv::countNonZero(body.pectoral & ~body.inside), 0);
    EXPECT_EQ(body.pectoral(5, 5), 255);
    EXPECT_EQ(body.pectoral(300, 5), 0);
    for (int y = 0; y < kGrid.height; ++y) {
      for (int x = 0; x < kGrid.width; ++x) {
        const float fraction = body.muscle_fraction(y, x);
        ASSERT_EQ(fraction > 0, body.pectoral(y, x) > 0);
        ASSERT_LE(fraction, 0.8f);
        ASSERT_EQ(body.pectoral(y, x) > 0, body.muscle_edge_mm(y, x) > 0 && body.inside(y, x) > 0);
      }
    }
  }
}

TEST(Body, FoldsAddThicknessInsideOnly) {
  ViewPlan plan = Oblique();
  const Body plain = MakeBody(Woman(), plan, kGrid, RandomStream(7));
  Body folded = MakeBody(Woman(), plan, kGrid, RandomStream(7));
  plan.folds = 3;
  RandomStream random(11);
  AddFolds(folded, plan, kGrid, random);
  const cv::Mat1f added = folded.thickness_mm - plain.thickness_mm;
  double least = 0, most = 0;
  cv::minMaxLoc(added, &least, &most);
  EXPECT_GE(least, 0);
  EXPECT_GT(most, 1.5);
  EXPECT_LE(most, 3 * 14);
  EXPECT_EQ(cv::countNonZero((added > 0) & (plain.skin_mm <= 0)), 0);
}

TEST(Body, HasTheSameShapeAtAnyResolution) {
  const Grid fine{1024, 512, 0.225};
  const Body coarse = MakeBody(Woman(), Oblique(), kGrid, RandomStream(3)),
             same = MakeBody(Woman(), Oblique(), fine, RandomStream(3));
  const double fraction = cv::countNonZero(same.inside) / (4.0 * cv::countNonZero(coarse.inside));
  EXPECT_NEAR(fraction, 1, 0.01);
  EXPECT_NEAR(same.thickness_mm(600, 100), coarse.thickness_mm(300, 50), 0.5);
}

}  // namespace
}  // namespace mhcnn::phantom
