#include "mhcnn/analyze/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

TEST(Calibration, ChangesPercentAndCategoryOnly) {
  Calibration c;
  c.name = "site";
  c.scale = {5, 0.5};
  c.interval = PercentInterval{
      .coverage = 0.9, .error_scale = {2, 1, 0}, .groups = {{10, 9, 40}, {101, 2, 40}}};
  c.category = CategoryRule{.of_percent = true,
                            .of_head = false,
                            .odds = {{1, 2, 3}, {4}},
                            .coverage = 0.9,
                            .quantile = 0.9};
  Result result;
  result.percent_density = 40;
  result.percent_regression = 60;
  result.dense_area_cm2 = 12;
  c.ApplyTo(result);
  EXPECT_EQ(*result.percent_density, 25);
  EXPECT_EQ(*result.percent_uncalibrated, 40);
  EXPECT_EQ(*result.percent_regression, 60);
  EXPECT_EQ(*result.dense_area_cm2, 12);
  // Spread 2 + 1 * 20 / 10 = 4 of the second group, twice it either way.
  EXPECT_EQ(*result.percent_low, 17);
  EXPECT_EQ(*result.percent_high, 33);
  // 4 sqrt(40) / 5 = 5.06 lies beyond all cuts.
  EXPECT_EQ(*result.category, DensityCategory::kD);
  EXPECT_GT(result.probabilities[3], 0.85);
  EXPECT_TRUE(result.category_range->Contains(DensityCategory::kD));

  Result none;
  none.percent_density = 40;
  Calibration{}.ApplyTo(none);
  EXPECT_EQ(*none.percent_density, 40);
  EXPECT_FALSE(none.percent_low || none.percent_uncalibrated || none.category_range);
  EXPECT_EQ(MakeCalibratedName("m 1", "site"), "m 1, calibrated: site");
  EXPECT_EQ(MakeCalibratedName("m 1", ""), "m 1, calibrated");
}

TEST(Calibration, TakesMissingPartsFromModel) {
  Calibration own, percent_densities, categories;
  own.interval =
      PercentInterval{.coverage = 0.9, .error_scale = {2, 1, 0}, .groups = {{101, 2, 40}}};
  own.category = CategoryRule{.of_percent = true, .odds = {{1, 2, 3}, {4}}};
  percent_densities.scale = {5, 0.5};
  categories.category = CategoryRule{.of_percent = true, .odds = {{2, 3, 4}, {4}}};
  percent_densities.CompleteFrom(own);
  EXPECT_FALSE(percent_densities.interval)
      << "the model's interval does not fit the site's percent";
  ASSERT_TRUE(percent_densities.category);
  EXPECT_EQ(percent_densities.category->odds.cuts, own.category->odds.cuts);
  categories.CompleteFrom(own);
  EXPECT_TRUE(categories.interval);
  EXPECT_EQ(categories.category->odds.cuts[0], 2);
  Calibration none;
  none.CompleteFrom(own);
  EXPECT_TRUE(none.empty());
}

TEST(Calibration, RefusesOtherFiles) {
  const testing_support::ScratchFolder folder;
  const std::string deep =
      "{\"sample\":" + std::string(100000, '[') + "1" + std::string(100000, ']') + "}";
  for (const std::string& text : {std::string(), std::string("[]"), std::string("{}"),
                                  std::string("{\"schema\": 3}"), std::string("not JSON"), deep}) {
    WriteFileAtomically(folder / "c.json", text);
    try {
      ReadCalibration(folder / "c.json");
      ADD_FAILURE() << text.substr(0, 40);
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), HasSubstr("c.json: "));
    }
  }
}

}  // namespace
}  // namespace mhcnn
