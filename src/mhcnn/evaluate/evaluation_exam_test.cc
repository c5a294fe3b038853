#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mhcnn/evaluate/evaluation.h"
#include "mhcnn/testing/evaluated_cases.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

/// An image of a woman whose truth is a category, found as another with a probability of 0.7.
EvaluatedCase Image(int woman, Laterality side, View view, int truth, int found, double percent) {
  auto c = MakeCase("/" + std::to_string(woman) + LateralityName(side) + ViewName(view), "", 20,
                    percent);
  c.patient_id = "w" + std::to_string(woman);
  c.laterality = side;
  c.view = view;
  c.true_category = CategoryFromIndex(truth);
  c.category = CategoryFromIndex(found);
  c.probabilities = {0.1, 0.1, 0.1, 0.1};
  (*c.probabilities)[static_cast<std::size_t>(found)] = 0.7;
  return c;
}

std::vector<EvaluatedCase> Women() {
  std::vector<EvaluatedCase> cases;
  for (int w = 0; w < 8; ++w) {
    const int truth = w % 4;
    // One view of the left breast is found a category too low, which its neighbour outweighs or
    // not; the right breast is right but for one woman.
    cases.push_back(Image(w, Laterality::kLeft, View::kCC, truth, std::max(0, truth - 1), 10));
    cases.push_back(Image(w, Laterality::kLeft, View::kMLO, truth, truth, 14));
    cases.push_back(Image(w, Laterality::kRight, View::kCC, truth, w == 6 ? 1 : truth, 20));
    cases.push_back(Image(w, Laterality::kRight, View::kMLO, truth, w == 6 ? 1 : truth, 18));
  }
  return cases;
}

TEST(EvaluationByExam, AveragesViewsAndLetsTheDenserBreastDecide) {
  EvaluationOptions options;
  options.bootstrap.resamples = 200;
  const Evaluation e = Evaluate(Women(), options);
  const auto& accuracy = e.Row("exam category accuracy");
  EXPECT_EQ(accuracy.section, ReportSection::kExam);
  EXPECT_EQ(accuracy.cases, 8u);
  // Woman 6 (c): left 0.4 b and 0.4 c, the median of which is b; right b.
  EXPECT_DOUBLE_EQ(*accuracy.estimate.value.value, 7.0 / 8);
  EXPECT_THAT(accuracy.note, HasSubstr("2 0 0 0 / 0 2 0 0 / 0 1 1 0 / 0 0 0 2"));
  EXPECT_DOUBLE_EQ(*accuracy.baselines.at(0).value.value, 0.25);
  EXPECT_DOUBLE_EQ(*e.Row("exam dense sensitivity").estimate.value.value, 0.75);
  EXPECT_DOUBLE_EQ(*e.Row("exam dense specificity").estimate.value.value, 1);
  EXPECT_DOUBLE_EQ(*e.Row("exam left - right, mean amount").estimate.value.value, 7);
  EXPECT_DOUBLE_EQ(*e.Row("exam CC - MLO, mean amount").estimate.value.value, 4);
}

TEST(EvaluationByExam, CountsWomenWhoseRangesLeaveDenseOpen) {
  auto cases = Women();
  for (auto& c : cases) c.category_range = CategoryRange{*c.category, *c.category};
  // Woman 2 (c): right b-c. Woman 5 (b): left a-b. Woman 6: left b and c, right b; found b.
  cases[10].category_range = CategoryRange{DensityCategory::kB, DensityCategory::kC};
  cases[20].category_range = CategoryRange{DensityCategory::kA, DensityCategory::kB};
  EvaluationOptions options;
  options.bootstrap.resamples = 200;
  const auto& undecided = Evaluate(cases, options).Row("exam dense undecided, share");
  EXPECT_EQ(undecided.cases, 8u);
  // The left breast of a c is found b and c in its two views: median b. So the right one decides
  // of woman 2 (open), and of woman 6 both breasts are b, of which the left has a c.
  EXPECT_DOUBLE_EQ(*undecided.estimate.value.value, 2.0 / 8);
}

TEST(EvaluationByExam, CountsWomenThatWereNotMeasured) {
  auto cases = Women();
  for (std::size_t i = 0; i < 4; ++i) cases[i].error = "too large";
  cases[5].error = "no breast";
  EvaluationOptions options;
  options.bootstrap.resamples = 200;
  const Evaluation e = Evaluate(cases, options);
  EXPECT_EQ(e.Row("exam not measured, share").cases, 8u);
  EXPECT_DOUBLE_EQ(*e.Row("exam not measured, share").estimate.value.value, 1.0 / 8);
  EXPECT_DOUBLE_EQ(*e.Row("exam measured in part, share").estimate.value.value, 1.0 / 8);
  EXPECT_EQ(e.Row("exam category accuracy").cases, 7u);
}

TEST(EvaluationByExam, StandsInTheStrataOfVendors) {
  auto cases = Women();
  for (std::size_t i = 0; i < cases.size(); ++i) cases[i].vendor = i < 16 ? "One" : "Other";
  EvaluationOptions options;
  options.bootstrap.resamples = 200;
  const Evaluation e = Evaluate(cases, options);
  int found = 0;
  for (const auto& stratum : e.strata) {
    for (const auto& line : stratum.lines) {
      if (line.metric != "exam category accuracy") continue;
      EXPECT_EQ(stratum.kind, "vendor");
      EXPECT_EQ(line.cases, 4u);
      EXPECT_DOUBLE_EQ(*line.estimate.value.value, stratum.name == "One" ? 1 : 0.75);
      ++found;
    }
  }
  EXPECT_EQ(found, 2);
}

TEST(EvaluationByExam, IsLeftOutWhereEachWomanHasOneImage) {
  auto cases = Women();
  std::erase_if(cases, [](const EvaluatedCase& c) {
    return c.view != View::kCC || c.laterality != Laterality::kLeft;
  });
  EvaluationOptions options;
  options.bootstrap.resamples = 200;
  const Evaluation e = Evaluate(cases, options);
  EXPECT_TRUE(std::ranges::none_of(
      e.lines, [](const auto& l) { return l.section == ReportSection::kExam; }));
}

}  // namespace
}  // namespace mhcnn
