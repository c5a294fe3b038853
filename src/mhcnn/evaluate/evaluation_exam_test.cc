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
