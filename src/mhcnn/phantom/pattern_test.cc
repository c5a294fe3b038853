#include "mhcnn/phantom/pattern.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mhcnn::phantom {
namespace {

const Grid kGrid{220, 110, 1};
constexpr double kDepth = 90;

/// Half a disc of 90 mm with the nipple at the height of its middle, without a muscle.
Body HalfDisc() {
  Body body;
  body.inside = Mask::zeros(kGrid.height, kGrid.width);
  cv::circle(body.inside, {0, 110}, 90, 255, cv::FILLED);
  cv::distanceTransform(body.inside, body.skin_mm, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  // The chest wall is no skin: only the distance to the circle counts.
  for (int y = 0; y < kGrid.height; ++y) {
    for (int x = 0; x < kGrid.width; ++x) {
      if (body.inside(y, x)) {
        body.skin_mm(y, x) =
            std::max(0.1f, static_cast<float>(90 - std::hypot(x + 0.5, y + 0.5 - 110)));
      }
    }
  }
  body.muscle_edge_mm = cv::Mat1f(kGrid.height, kGrid.width, -1e3f);
  body.nipple = {90, 110};
  return body;
}

ViewPlan Plan(View view) {
  ViewPlan plan{};
  plan.view = view;
  plan.depth_mm = kDepth;
  plan.lower_mm = 80;
  return plan;
}

cv::Mat1f Field(Pattern pattern, const ViewPlan& plan, const Body& body, std::uint64_t seed) {
  Anatomy woman{};
  woman.pattern = pattern;
  woman.fat_rim_mm = 6;
  RandomStream random(seed);
  return PatternField(woman, plan, body, kGrid, random);
}

/// The likeliest place, mm back from the nipple and up from it.
cv::Point2d Likeliest(const cv::Mat1f& field, const Body& body) {
  cv::Point at;
  cv::minMaxLoc(field, nullptr, nullptr, nullptr, &at, body.inside);
  return {body.nipple.x - (at.x + 0.5), body.nipple.y - (at.y + 0.5)};
}

TEST(PatternField, TissueIsLikeliestWhereThePatternSays) {
  const Body body = HalfDisc();
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const cv::Point2d areola =
        Likeliest(Field(Pattern::kRetroareolar, Plan(View::kCC), body, seed), body);
    EXPECT_LT(std::hypot(areola.x, areola.y), 0.4 * kDepth) << "behind the areola";
    const cv::Point2d outer =
        Likeliest(Field(Pattern::kUpperOuter, Plan(View::kCC), body, seed), body);
    EXPECT_GT(outer.y, 0) << "above the nipple";
    EXPECT_GT(outer.x, 0.2 * kDepth);
    // A crescent follows the skin, at 1.6 rims and 4 mm.
    const cv::Mat1f crescent = Field(Pattern::kCrescent, Plan(View::kCC), body, seed);
    cv::Point at;
    cv::minMaxLoc(crescent, nullptr, nullptr, nullptr, &at, body.inside);
    EXPECT_NEAR(body.skin_mm(at), 1.6 * 6 + 4, 4);
  }
}

TEST(PatternField, LessUnderTheSkinForEveryPattern) {
  const Body body = HalfDisc();
  for (const auto pattern :
       {Pattern::kFan, Pattern::kRetroareolar, Pattern::kUpperOuter, Pattern::kCrescent,
        Pattern::kIslands, Pattern::kDiffuse, Pattern::kWhole}) {
    const cv::Mat1f field = Field(pattern, Plan(View::kCC), body, 3);
    double least = 0, most = 0;
    cv::minMaxLoc(field, &least, &most);
    EXPECT_GE(least, -9);
    EXPECT_LE(most, 1);
    const double rim = cv::mean(field, body.inside & (body.skin_mm < 2))[0],
                 within = cv::mean(field, (body.skin_mm > 10) & (body.skin_mm < 20))[0];
    EXPECT_LT(rim, within - 1) << static_cast<int>(pattern);
  }
}

TEST(PatternField, LessBeforeTheMuscleAndBelowTheFold) {
  Body body = HalfDisc();
  const cv::Mat1f plain = Field(Pattern::kWhole, Plan(View::kCC), body, 3);
  body.muscle_edge_mm.colRange(0, 20).setTo(5);
  const cv::Mat1f muscle = Field(Pattern::kWhole, Plan(View::kCC), body, 3);
  EXPECT_NEAR(plain(110, 10) - muscle(110, 10), 1.2, 1e-5);
  EXPECT_EQ(plain(110, 60), muscle(110, 60));
  const cv::Mat1f oblique = Field(Pattern::kWhole, Plan(View::kMLO), HalfDisc(), 3);
  // 0.97 * 80 mm below the nipple, at row 110, the abdomen begins.
  EXPECT_EQ(plain(180, 10), oblique(180, 10));
  EXPECT_NEAR(plain(190, 10) - oblique(190, 10), 3, 1e-5);
}

}  // namespace
}  // namespace mhcnn::phantom
