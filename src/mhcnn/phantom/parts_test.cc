#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/phantom/appearance.h"
#include "mhcnn/phantom/foreign.h"
#include "mhcnn/phantom/phantom.h"
#include "mhcnn/phantom/physics.h"
#include "mhcnn/phantom/strands.h"
#include "mhcnn/phantom/visible.h"

namespace mhcnn::phantom {
namespace {

TEST(Physics, AttenuationIsThePublished) {
  // Johns & Yaffe, Phys. Med. Biol. 32 (1987) 675, per cm.
  const double published[][3] = {{18, 0.558, 1.028}, {20, 0.456, 0.802}, {25, 0.322, 0.506}};
  for (const auto& [kev, adipose, gland] : published) {
    EXPECT_NEAR(AttenuationAt(kev).adipose * 10, adipose, 0.01 * adipose) << kev;
    EXPECT_NEAR(AttenuationAt(kev).gland * 10, gland, 0.01 * gland) << kev;
  }
  EXPECT_NEAR(AttenuationAt(20).muscle * 10, 0.8205 * 1.05, 1e-3);
}

TEST(Appearance, FamiliesAreFoundByName) {
  EXPECT_EQ(FindAppearanceFamilies({}).size(), AppearanceFamilies().size());
  std::set<std::string> names;
  for (const AppearanceFamily& family : AppearanceFamilies()) names.insert(family.name);
  EXPECT_EQ(names.size(), AppearanceFamilies().size());
  ASSERT_EQ(FindAppearanceFamilies({"film-steep"}).size(), 1u);
  try {
    FindAppearanceFamilies({"film", "xerox"});
    FAIL() << "accepted";
  } catch (const Error& e) {
    EXPECT_NE(e.problem().find("xerox"), std::string::npos);
    EXPECT_NE(e.problem().find("digital-crisp"), std::string::npos) << e.problem();
  }
}

TEST(Appearance, IsOfTheFamiliesAskedForByTheirWeights) {
  const auto all = FindAppearanceFamilies({});
  double films = 0, weight = 0, film_weight = 0;
  for (const AppearanceFamily* family : all) {
    weight += family->weight;
    film_weight += family->film ? family->weight : 0;
  }
  RandomStream random(3);
  constexpr int kDraws = 4000;
  for (int i = 0; i < kDraws; ++i) films += SampleAppearance(all, random).film;
  EXPECT_NEAR(films / kDraws, film_weight / weight, 0.03);
  const auto digital = FindAppearanceFamilies({"plate", "digital-even"});
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(SampleAppearance(digital, random).film);
}

/// A half disc of tissue at the chest wall, 100 mm high.
Body HalfDisc(const Grid& grid) {
  Body body;
  body.inside = Mask(grid.height, grid.width, uchar{0});
  cv::circle(body.inside, {0, grid.height / 2}, 80, cv::Scalar(255), cv::FILLED);
  cv::Mat1f distance;
  cv::distanceTransform(body.inside, distance, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  body.skin_mm = distance * grid.mm;
  body.nipple = {static_cast<float>(80 * grid.mm), static_cast<float>(grid.HeightMm() / 2)};
  return body;
}

TEST(Visible, LosesWhatIsAsBlackAsTheBackgroundFromTheSkinInwards) {
  const Grid grid{200, 100, 0.5};
  const Body body = HalfDisc(grid);
  cv::Mat1f image(grid.height, grid.width, 0.05f);
  image.setTo(0.5f, body.skin_mm > 6);  // 6 mm of rim are lost on the film
  cv::circle(image, {20, 100}, 8, cv::Scalar(0.05), cv::FILLED);  // black inside: fat, not lost
  const Mask visible = Visible(image, body, grid);
  EXPECT_EQ(visible(100, 20), 255);
  EXPECT_EQ(visible(100, 60), 255);
  EXPECT_EQ(visible(100, 75), 0);
  // 6 mm are 12 pixels; smoothing moves the edge outwards by less than 2 mm.
  const double radius = std::sqrt(cv::countNonZero(visible) / (0.5 * CV_PI));
  EXPECT_GT(radius, 80 - 12);
  EXPECT_LT(radius, 80 - 12 + 4);
  image.setTo(0.5f, body.inside);
  EXPECT_GT(cv::countNonZero(Visible(image, body, grid)), 0.98 * cv::countNonZero(body.inside));
}

TEST(Foreign, AnImplantIsInsideAndAttenuates) {
  const Grid grid{200, 100, 0.5};
  const Body body = HalfDisc(grid);
  ViewPlan plan{};
  plan.depth_mm = 40;
  plan.view = View::kCC;
  plan.implant = true;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    RandomStream random(seed);
    const Foreign foreign = DrawForeign(plan, body, grid, random);
    EXPECT_GT(cv::countNonZero(foreign.implant), 500);
    EXPECT_EQ(cv::countNonZero(foreign.implant & ~body.inside), 0);
    EXPECT_GT(cv::mean(foreign.path, foreign.implant)[0], 0.4);
    Mask near;  // a marker on the skin may reach a little over it
    cv::dilate(body.inside, near, cv::Mat(), {-1, -1}, 4);
    EXPECT_EQ(cv::countNonZero((foreign.path > 0.01) & ~near), 0);
  }
}

TEST(Strands, RunTowardsThePoint) {
  cv::Mat1f x(128, 128), y(128, 128);
  for (int r = 0; r < 128; ++r) {
    for (int c = 0; c < 128; ++c) {
      x(r, c) = static_cast<float>(c + 0.5);
      y(r, c) = static_cast<float>(r + 0.5);
    }
  }
  const Flow flow = FlowTo({200, 64}, x, y);
  const NoiseTile tile(RandomStream(5), 3, 110, 256, 2);
  // Along a row through the point's height lines run straight: less change along than across.
  double before = 0;
  for (const double stretch : {1.0, 4.0}) {
    const cv::Mat1f noise =
        AlongFlow(tile, flow, {.angle = 0, .stretch = stretch, .scale = 1, .shift_mm = 3});
    const cv::Rect part(20, 54, 80, 20);
    const double along = cv::norm(noise(part), noise(part + cv::Point(1, 0)), cv::NORM_L2);
    const double across = cv::norm(noise(part), noise(part + cv::Point(0, 1)), cv::NORM_L2);
    if (stretch > 1) {
      EXPECT_GT(across / along, 2 * before);
    }
    before = across / along;
  }
}

}  // namespace
}  // namespace mhcnn::phantom
