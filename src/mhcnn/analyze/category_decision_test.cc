#include "mhcnn/analyze/category_decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using enum DensityCategory;
using ::testing::ElementsAre;

TEST(CategoryDecision, WithoutRuleReturnsMostProbableCategory) {
  Result result;
  DecideByHead({0.1, 0.2, 0.6, 0.1}, result);
  EXPECT_EQ(result.category, kC);
  EXPECT_THAT(result.probabilities, ElementsAre(0.1, 0.2, 0.6, 0.1));
  EXPECT_FALSE(result.category_range);
}

/// Cuts 1, 2, 3 on 4 * sqrt(percent) / 5: the cut points are (5 cut / 4)^2.
CategoryRule OnPercent() {
  return {.of_percent = true, .of_head = false, .odds = {{1, 2, 3}, {4}}, .quantile = 0.9};
}

TEST(CategoryDecision, RuleReturnsMedianCategory) {
  EXPECT_THAT(OnPercent().CutPoints(std::nullopt),
              ElementsAre(1.25 * 1.25, 2.5 * 2.5, 3.75 * 3.75));
  for (const auto& [percent, category] : {std::pair{1.5, kA}, {1.6, kB}, {6.3, kC}, {14.1, kD}}) {
    Result result;
    OnPercent().Decide(ToMeasurement(percent, std::nullopt, nullptr), result);
    EXPECT_EQ(result.category, category) << percent;
    ASSERT_TRUE(result.category_range);
    EXPECT_TRUE(result.category_range->Contains(category));
  }
}

TEST(CategoryDecision, RuleWithoutInputKeepsResult) {
  Result result;
  DecideByHead({0, 0, 0, 1}, result);
  OnPercent().Decide(ToMeasurement(std::nullopt, std::nullopt, nullptr), result);
  EXPECT_EQ(result.category, kD);
  EXPECT_FALSE(result.category_range);
}

TEST(CategoryDecision, FlagsLowProbabilityOrPercentMismatch) {
  Result result;
  EXPECT_FALSE(IsCategoryUncertain(result)) << "there is no category";
  DecideByHead({0.45, 0.25, 0.2, 0.1}, result);
  EXPECT_TRUE(IsCategoryUncertain(result));
  DecideByHead({0.6, 0.2, 0.1, 0.1}, result);
  EXPECT_FALSE(IsCategoryUncertain(result));
  result.percent_density = 15;  // b by the published cut points
  EXPECT_FALSE(IsCategoryUncertain(result));
  result.percent_density = 20;  // c
  EXPECT_TRUE(IsCategoryUncertain(result));
  result.category_range = {kA, kB};
  EXPECT_FALSE(IsCategoryUncertain(result)) << "the range says how sure a calibrated one is";
  result.category_range = {kA, kC};
  EXPECT_TRUE(IsCategoryUncertain(result));
}

}  // namespace
}  // namespace mhcnn
