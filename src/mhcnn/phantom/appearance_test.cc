#include "mhcnn/phantom/appearance.h"

#include <gtest/gtest.h>

namespace mhcnn::phantom {
namespace {

TEST(Appearance, FollowsWeightsOfFamilies) {
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

}  // namespace
}  // namespace mhcnn::phantom
