#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

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

EvaluatedCase ListForStudy(EvaluatedCase c, const std::string& study) {
  c.study = study;
  c.path += study;
  return c;
}

EvaluatedCase Probably(EvaluatedCase c, std::array<double, 4> probabilities) {
  c.probabilities = probabilities;
  c.path += std::to_string(probabilities[0]) + std::to_string(probabilities[1]);
  return c;
}

EvaluatedCase Failed(EvaluatedCase c) {
  c.error = "too large";
  return c;
}

/// Four views of a woman, all of one category.
std::vector<EvaluatedCase> FourViews(int woman, int truth, int found, const std::string& study) {
  std::vector<EvaluatedCase> cases;
  for (const auto side : {Laterality::kLeft, Laterality::kRight}) {
    for (const auto view : {View::kCC, View::kMLO})
      cases.push_back(ListForStudy(Image(woman, side, view, truth, found, 20), study));
  }
  return cases;
}

Evaluation Quick(const std::vector<EvaluatedCase>& cases) {
  return Evaluate(cases, QuickEvaluation());
}

/// The table of true (rows) and found categories that the accuracy's note has.
std::string MakeTable(const std::vector<EvaluatedCase>& cases) {
  return Quick(cases).Row("exam category accuracy").note;
}

constexpr auto L = Laterality::kLeft, R = Laterality::kRight;

TEST(EvaluationByExam, ScoresEachExamOfAWoman) {
  auto cases = FourViews(1, 2, 2, "2015");
  const auto later = FourViews(1, 1, 1, "2021");
  cases.insert(cases.end(), later.begin(), later.end());
  const Evaluation e = Quick(cases);
  const auto& accuracy = e.Row("exam category accuracy");
  EXPECT_EQ(accuracy.cases, 2u);
  EXPECT_EQ(accuracy.patients, 1u);
  EXPECT_DOUBLE_EQ(*accuracy.estimate.value.value, 1);
  EXPECT_THAT(accuracy.note, HasSubstr("0 0 0 0 / 0 1 0 0 / 0 0 1 0 / 0 0 0 0"));
  EXPECT_EQ(accuracy.estimate.low.undefined, "fewer than 2 patients");
  EXPECT_DOUBLE_EQ(*e.Row("exam not measured, share").estimate.value.value, 0);
}

TEST(EvaluationByExam, ImageOfUnknownStudyJoinsTheOnlyOneOfItsPatient) {
  auto cases = FourViews(1, 1, 1, "2015");
  cases[2].study.clear();
  EXPECT_EQ(Quick(cases).Row("exam category accuracy").cases, 1u);
  const auto later = FourViews(1, 1, 1, "2021");
  cases.insert(cases.end(), later.begin(), later.end());
  EXPECT_EQ(Quick(cases).Row("exam category accuracy").cases, 3u) << "of which one cannot be told";
  for (auto& c : cases) c.study.clear();
  EXPECT_EQ(Quick(cases).Row("exam category accuracy").cases, 1u);
  // Without a patient the study says what is one exam.
  cases = FourViews(1, 1, 1, "2015");
  for (auto& c : cases) c.patient_id.clear();
  EXPECT_EQ(Quick(cases).Row("exam category accuracy").cases, 1u);
}

TEST(EvaluationByExam, ReferenceUsesAllImages) {
  // The densest image of woman 0 was not measured; of woman 2 none was.
  const std::vector<EvaluatedCase> cases = {
      Image(0, L, View::kCC, 1, 1, 20),         Failed(Image(0, R, View::kCC, 3, 3, 20)),
      Image(1, L, View::kCC, 0, 0, 20),         Image(1, R, View::kCC, 0, 0, 20),
      Failed(Image(2, L, View::kCC, 2, 2, 20)), Failed(Image(2, R, View::kCC, 2, 2, 20))};
  EXPECT_THAT(MakeTable(cases), HasSubstr("1 0 0 0 / 0 0 0 0 / 0 0 0 0 / 0 1 0 0"));
  const Evaluation e = Quick(cases);
  EXPECT_NEAR(*e.Row("exam not measured, share").estimate.value.value, 1.0 / 3, 1e-12);
  EXPECT_NEAR(*e.Row("exam measured in part, share").estimate.value.value, 1.0 / 3, 1e-12);
}

TEST(EvaluationByExam, TakesTheMedianOfCalibratedCategoriesAlone) {
  // Most probable is a; the sum passes a half in b.
  const auto cc = Probably(Image(0, L, View::kCC, 0, 0, 20), {0.4, 0.15, 0.15, 0.3}),
             mlo = Probably(Image(0, L, View::kMLO, 0, 0, 20), {0.4, 0.15, 0.15, 0.3});
  EXPECT_THAT(MakeTable({cc, mlo}), HasSubstr("1 0 0 0 / 0 0 0 0"));
  auto calibrated = mlo;
  calibrated.category_range = CategoryRange{DensityCategory::kA, DensityCategory::kD};
  EXPECT_THAT(MakeTable({cc, calibrated}), HasSubstr("0 1 0 0 / 0 0 0 0"));
}

TEST(EvaluationByExam, AveragesRepeatedViewsFirst) {
  // By image b has 0.483 and c 0.517; by view 0.525 and 0.475.
  const auto cc = Probably(Image(0, L, View::kCC, 1, 2, 20), {0, 0.4, 0.6, 0}),
             mlo = Probably(Image(0, L, View::kMLO, 1, 1, 20), {0, 0.65, 0.35, 0});
  auto repeated = cc;
  repeated.path += "again";
  EXPECT_THAT(MakeTable({cc, repeated, mlo}), HasSubstr("0 0 0 0 / 0 1 0 0 / 0 0 0 0"));
}

TEST(EvaluationByExam, LeavesOutSpecialViewsBesideStandardOnes) {
  const auto standard = Image(0, L, View::kCC, 1, 1, 20);
  const auto with = [&](View view, const std::string& flag) {
    auto special = Image(0, L, view, 1, 3, 90);
    special.path += "special";
    if (!flag.empty()) special.flags = {flag};
    return MakeTable({standard, special});
  };
  const std::string b_found_b = "0 0 0 0 / 0 1 0 0 / 0 0 0 0";
  for (const char* flag : {"spot_view", "magnification_view", "modified_view", "partial_view"}) {
    EXPECT_THAT(with(View::kMLO, flag), HasSubstr(b_found_b)) << flag;
  }
  EXPECT_THAT(with(View::kOther, ""), HasSubstr(b_found_b));
  EXPECT_THAT(with(View::kCC, "raw_converted"), HasSubstr(b_found_b));
  // An implant that is displaced in one view covers tissue in the other.
  EXPECT_THAT(with(View::kMLO, "implant_displaced"), HasSubstr("0 0 0 0 / 0 0 0 1 / 0 0 0 0"));
  auto only = Image(0, L, View::kCC, 1, 3, 90), second = Image(0, L, View::kMLO, 1, 3, 90);
  only.flags = second.flags = {"spot_view"};
  EXPECT_THAT(MakeTable({only, second}), HasSubstr("0 0 0 0 / 0 0 0 1 / 0 0 0 0"));
}

TEST(EvaluationByExam, TakesTheHighestCategoryWithoutProbabilities) {
  auto cc = Image(0, L, View::kCC, 2, 1, 20), mlo = Image(0, L, View::kMLO, 2, 2, 20);
  cc.probabilities.reset();
  mlo.probabilities.reset();
  EXPECT_THAT(MakeTable({cc, mlo}), HasSubstr("0 0 0 0 / 0 0 0 0 / 0 0 1 0"));
}

TEST(EvaluationByExam, SharesOfIndependentWomenHaveWilsonsInterval) {
  std::vector<EvaluatedCase> cases;
  for (int w = 0; w < 20; ++w) {
    const auto views = FourViews(w, w % 4, w % 4, "");
    cases.insert(cases.end(), views.begin(), views.end());
  }
  const Evaluation e = Quick(cases);
  // Of n of n: n / (n + z^2), the lower end of Wilson's interval.
  const double zz = 1.959964 * 1.959964;
  const auto ends = [&](const std::string& metric) { return e.Row(metric).estimate; };
  EXPECT_NEAR(*ends("exam category accuracy").low.value, 20 / (20 + zz), 1e-6);
  EXPECT_DOUBLE_EQ(*ends("exam category accuracy").high.value, 1);
  EXPECT_THAT(ends("exam category accuracy").warning, HasSubstr("the same in every resample"));
  EXPECT_NEAR(*ends("exam dense sensitivity").low.value, 10 / (10 + zz), 1e-6);
  EXPECT_NEAR(*ends("exam not measured, share").high.value, zz / (20 + zz), 1e-6);
  // Images of one woman are not independent, and kappa is no share.
  EXPECT_EQ(ends("category accuracy").low.undefined, "the same in every resample");
  EXPECT_EQ(ends("exam category linear kappa").high.undefined, "the same in every resample");
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

TEST(EvaluationByExam, CountsPatientsWithUndecidedDenseRange) {
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

TEST(EvaluationByExam, ReportsExamMetricsPerVendor) {
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
    const bool kappa = std::ranges::any_of(stratum.lines, [](const MetricRow& line) {
      return line.metric == "exam category linear kappa";
    });
    EXPECT_EQ(kappa, stratum.kind == "vendor");
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
