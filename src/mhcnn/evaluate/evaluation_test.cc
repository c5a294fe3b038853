#include "mhcnn/evaluate/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/evaluate/evaluation_json.h"
#include "mhcnn/testing/evaluated_cases.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Json(const Evaluation& evaluation, const std::vector<EvaluatedCase>& cases) {
  const EvaluationSubject subject{"test 1", "manifest.csv", "", {}};
  return EvaluationToJson(subject, evaluation, cases).dump();
}

TEST(Evaluation, FiguresHaveIntervalPatientsAndBaseline) {
  const auto cases = MakeCases();
  const Evaluation e = Evaluate(cases, QuickEvaluation());
  EXPECT_EQ(e.measured, 20u);
  EXPECT_EQ(e.patients, 10u);
  const auto& dense = e.Row("Dice dense");
  EXPECT_NEAR(*dense.estimate.value.value, 0.8, 1e-12);
  EXPECT_EQ(dense.cases, 20u);
  EXPECT_EQ(dense.patients, 10u);
  EXPECT_NEAR(*e.Row("percent MAE (masks)").estimate.value.value, 2, 1e-12);
  EXPECT_NEAR(*e.Row("percent bias (masks)").estimate.value.value, 1, 1e-12);
  EXPECT_NEAR(*e.Row("percent RMSE (masks)").estimate.value.value, std::sqrt(5), 1e-12);
  // Both images of a patient are drawn together, so the bias cannot vary: that tells no interval.
  EXPECT_EQ(e.Row("percent bias (masks)").estimate.low.undefined, "the same in every resample");
  EXPECT_FALSE(e.Row("percent bias (masks)").estimate.high.defined());
  const auto& accuracy = e.Row("category accuracy");
  EXPECT_NEAR(*accuracy.estimate.value.value, 17.0 / 20, 1e-12);
  ASSERT_EQ(accuracy.baselines.size(), 1u);
  EXPECT_NEAR(*accuracy.baselines[0].value.value, 0.25, 1e-12);
  EXPECT_EQ(e.confusion(1, 0), 1);
  EXPECT_EQ(e.confusion(1, 1), 4);
  EXPECT_LT(*accuracy.estimate.low.value, *accuracy.estimate.high.value);
}

TEST(Evaluation, MakesStrataAndNamesSmallOnes) {
  const Evaluation e = Evaluate(MakeCases(), QuickEvaluation());
  std::vector<std::string> names;
  for (const auto& stratum : e.strata) {
    names.push_back(stratum.kind + " " + stratum.name + " " + std::to_string(stratum.cases));
  }
  EXPECT_THAT(names, ElementsAre("view CC 10", "view MLO 10", "vendor common 17",
                                 "true percent 10 to 25 % 5", "true percent 25 to 50 % 8",
                                 "true category a 5", "true category b 5", "true category c 5",
                                 "true category d 5", "age 40-49 10", "age 50-59 10"));
  EXPECT_THAT(e.small_strata, ElementsAre("vendor rare (3)", "true percent 0 to 10 % (3)",
                                          "true percent 50 to 100 % (4)"));
  for (const auto& line : e.strata[0].lines) {
    if (line.metric == "percent bias (masks)") {
      EXPECT_NEAR(*line.estimate.value.value, 3, 1e-12);
    }
    EXPECT_TRUE(line.headline) << line.metric;
  }
  const auto linear = std::ranges::count_if(
      e.strata[0].lines, [](const MetricRow& l) { return l.metric == "category linear kappa"; });
  EXPECT_EQ(linear, 1);
}

const Stratum* FindVendor(const Evaluation& evaluation, const std::string& name) {
  for (const auto& stratum : evaluation.strata) {
    if (stratum.kind == "vendor" && stratum.name == name) return &stratum;
  }
  return nullptr;
}

TEST(Evaluation, CountsFailuresByVendor) {
  auto cases = MakeCases();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    cases[i].vendor = i < 8 ? "refused" : "common";
    if (i < 8 || i == 11) cases[i].error = "unsupported: compressed";
  }
  const Evaluation e = Evaluate(cases, QuickEvaluation());
  const Stratum *refused = FindVendor(e, "refused"), *common = FindVendor(e, "common");
  ASSERT_TRUE(refused != nullptr && common != nullptr);
  EXPECT_EQ(refused->cases, 0u);
  EXPECT_EQ(refused->patients, 0u);
  EXPECT_EQ(refused->not_measured, 8u);
  ASSERT_EQ(refused->lines.size(), 2u) << "failures alone";
  EXPECT_EQ(refused->lines[0].metric, "not measured, share");
  EXPECT_EQ(refused->lines[0].section, ReportSection::kFailures);
  EXPECT_EQ(refused->lines[0].note, "8 of 8 images");
  EXPECT_EQ(refused->lines[0].cases, 8u);
  EXPECT_EQ(*refused->lines[0].estimate.value.value, 1);
  EXPECT_EQ(refused->lines[1].metric, "exam not measured, share");
  EXPECT_EQ(refused->lines[1].cases, 4u);
  EXPECT_EQ(common->cases, 11u);
  EXPECT_EQ(common->not_measured, 1u);
  const auto fraction = std::ranges::find(common->lines, "not measured, share", &MetricRow::metric);
  ASSERT_NE(fraction, common->lines.end());
  EXPECT_NEAR(*fraction->estimate.value.value, 1.0 / 12, 1e-12);
  for (const auto& stratum : e.strata) {
    EXPECT_EQ(stratum.not_measured.has_value(), stratum.kind == "vendor") << stratum.kind;
  }
  EXPECT_THAT(Json(e, cases), Not(HoldsNan()));
  EXPECT_THAT(Json(e, cases), HasSubstr(R"("not_measured":8)"));
}

TEST(Evaluation, ShareOfIndependentImagesHasWilsonsInterval) {
  auto cases = MakeCases();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    cases[i].patient_id = "p" + std::to_string(i);
    cases[i].category = cases[i].true_category;
  }
  const auto own = Evaluate(cases, QuickEvaluation());
  const double zz = 1.959964 * 1.959964;
  EXPECT_NEAR(*own.Row("category accuracy").estimate.low.value, 20 / (20 + zz), 1e-6);
  EXPECT_NEAR(*own.Row("category recall b").estimate.low.value, 5 / (5 + zz), 1e-6);
  cases[1].patient_id = "p0";
  const auto shared = Evaluate(cases, QuickEvaluation());
  EXPECT_EQ(shared.Row("category accuracy").estimate.low.undefined, "the same in every resample");
}

TEST(Evaluation, StatesWhyFigureIsUndefined) {
  auto cases = MakeCases();
  for (auto& c : cases) {
    c.percent = 20;  // constant ratings
    c.category = c.true_category = DensityCategory::kB;
    c.regression.reset();
  }
  const Evaluation e = Evaluate(cases, QuickEvaluation());
  EXPECT_EQ(e.Row("percent Spearman (masks)").estimate.value.undefined,
            "what was found is constant");
  EXPECT_THAT(e.Row("percent MAE (regression head)").estimate.value.undefined,
              HasSubstr("no case has both a true and a predicted percent"));
  EXPECT_FALSE(e.Row("category quadratic kappa").estimate.value.defined());
  EXPECT_FALSE(e.Row("category quadratic kappa").estimate.value.undefined.empty());
  EXPECT_EQ(e.Row("category recall d").estimate.value.undefined, "no case of category d");
  EXPECT_EQ(e.Row("category AUC a against the others").estimate.value.undefined,
            "no case of category a");
  EXPECT_EQ(e.Row("category AUC b against the others").estimate.value.undefined,
            "no case of another category than b");
  EXPECT_THAT(e.Row("Dice pectoral").estimate.value.undefined, HasSubstr("both masks are empty"));
  EXPECT_EQ(e.Row("Dice pectoral").cases, 0u);
  const std::string text = Json(e, cases);
  EXPECT_THAT(text, Not(HoldsNan()));
  EXPECT_THAT(text, HasSubstr("what was found is constant"));
}

TEST(Evaluation, OneCaseHasValuesWithoutIntervals) {
  const std::vector<EvaluatedCase> one = {MakeCases()[7]};
  const Evaluation e = Evaluate(one, QuickEvaluation());
  const auto& dice = e.Row("Dice dense").estimate;
  EXPECT_NEAR(*dice.value.value, 0.8, 1e-12);
  EXPECT_EQ(dice.low.undefined, "fewer than 2 patients");
  EXPECT_FALSE(e.Row("percent ICC(2,1) (masks)").estimate.value.defined());
  EXPECT_TRUE(e.strata.empty());
  EXPECT_THAT(Json(e, one), Not(HoldsNan()));
}

TEST(Evaluation, ReportsEmptyEvaluation) {
  EvaluatedCase failed;
  failed.path = "/set/x<&>.png";
  failed.error = "corrupt: cut short";
  for (const auto& cases : {std::vector<EvaluatedCase>{}, std::vector<EvaluatedCase>{failed}}) {
    const Evaluation e = Evaluate(cases, QuickEvaluation());
    EXPECT_EQ(e.measured, 0u);
    EXPECT_EQ(e.not_measured, cases.size());
    for (const auto& line : e.lines) {
      EXPECT_FALSE(line.estimate.value.defined()) << line.metric;
      EXPECT_FALSE(line.estimate.value.undefined.empty()) << line.metric;
    }
    EXPECT_THAT(Json(e, cases), Not(HoldsNan()));
  }
}

TEST(Evaluation, KeepsDistanceUnitsSeparate) {
  auto cases = MakeCases();
  for (std::size_t i = 0; i < 6; ++i) cases[i].in_mm = true;
  cases[0].score(Tissue::kDense)->hausdorff95.reset();
  cases[0].score(Tissue::kDense)->surface_dice.reset();
  const Evaluation e = Evaluate(cases, QuickEvaluation());
  EXPECT_EQ(e.Row("Hausdorff 95 dense (mm)").cases, 5u);
  EXPECT_EQ(e.Row("Hausdorff 95 dense (mm)").note, "1 left out: one of the masks is empty");
  EXPECT_EQ(e.Row("Hausdorff 95 dense (pixels)").cases, 14u);
  EXPECT_EQ(e.Row("surface Dice dense (1 mm)").cases, 5u);
  EXPECT_EQ(e.Row("surface Dice dense (4 pixels)").cases, 14u);
}

}  // namespace
}  // namespace mhcnn
