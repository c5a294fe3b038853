#include "mhcnn/evaluate/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/evaluate/evaluation_json.h"
#include "mhcnn/testing/evaluated_cases.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<EvaluatedCase> Cases(double error) {
  std::vector<EvaluatedCase> cases;
  for (int i = 0; i < 12; ++i) {
    auto c = MakeCase("/set/" + std::to_string(i) + ".png", "p" + std::to_string(i), 5.0 * i,
                      5.0 * i + error + 0.1 * i);
    c.true_category = CategoryFromIndex(i / 3);
    c.category = error > 2 && i > 5 ? DensityCategory::kA : c.true_category;
    cases.push_back(c);
  }
  return cases;
}

const ComparisonRow& Line(const Comparison& comparison, const std::string& metric) {
  for (const auto& line : comparison.lines) {
    if (line.metric == metric) return line;
  }
  throw Error(ErrorCode::kInternal, "no line " + metric);
}

std::string WhyRefused(const std::vector<EvaluatedCase>& a, const std::vector<EvaluatedCase>& b) {
  try {
    CompareEvaluations("a", a, "b", b);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kUsage);
    return e.what();
  }
  return "accepted";
}

TEST(Comparison, ModelEqualsItself) {
  const auto cases = Cases(2);
  const auto comparison = CompareEvaluations("a", cases, "a", cases);
  EXPECT_EQ(comparison.images, 12u);
  for (const auto& line : comparison.lines) {
    if (line.paired.cases == 0) continue;
    EXPECT_EQ(*line.paired.mean_difference.value.value, 0) << line.metric;
    EXPECT_EQ(*line.paired.sign_flip.p.value, 1) << line.metric;
  }
  EXPECT_EQ(*Line(comparison, "category accuracy").mcnemar->p.value, 1);
  EXPECT_THAT(ComparisonToJson(comparison).dump(), Not(HoldsNan()));
}

TEST(Comparison, DifferenceIsSecondMinusFirst) {
  const auto comparison = CompareEvaluations("a", Cases(2), "b", Cases(6));
  const auto& percent = Line(comparison, "percent MAE (masks)");
  EXPECT_NEAR(*percent.paired.mean_difference.value.value, 4, 1e-12);
  EXPECT_NEAR(*percent.second.value - *percent.first.value, 4, 1e-12);
  // All twelve rise: 2 of 2^12 sign patterns are as extreme.
  EXPECT_NEAR(*percent.paired.sign_flip.p.value, 2.0 / 4096, 1e-12);
  EXPECT_FALSE(percent.higher_is_better);
  const auto& right = Line(comparison, "category accuracy");
  EXPECT_NEAR(*right.first.value, 1, 1e-12);
  EXPECT_NEAR(*right.second.value, 0.5, 1e-12);
  EXPECT_EQ(right.mcnemar->only_first, 6);
  EXPECT_NEAR(*right.mcnemar->p.value, 2.0 / 64, 1e-12);
  EXPECT_THAT(Line(comparison, "Dice pectoral").paired.sign_flip.p.undefined, HasSubstr("no case"));
}

TEST(Comparison, RefusesOtherImagesAndReferences) {
  const auto all = Cases(2);
  const std::vector<EvaluatedCase> fewer(all.begin(), all.begin() + 11);
  EXPECT_THAT(WhyRefused(all, fewer), HasSubstr("only the first contains /set/11.png"));
  EXPECT_THAT(WhyRefused(fewer, all), HasSubstr("only the second contains /set/11.png"));
  auto other = all;
  other[4].true_percent = 99;
  EXPECT_THAT(WhyRefused(all, other), HasSubstr("the truth differs for /set/4.png"));
  other = all;
  other[2].score(Tissue::kDense)->counts.false_negative += 1;
  EXPECT_THAT(WhyRefused(all, other), HasSubstr("/set/2.png"));
  other = all;
  other[1].error = "corrupt: cut short";
  const auto comparison = CompareEvaluations("a", all, "b", other);
  EXPECT_EQ(comparison.images, 11u);
  EXPECT_THAT(comparison.not_by_first, testing::IsEmpty());
  EXPECT_THAT(comparison.not_by_second, testing::ElementsAre(all[1].path));
}

TEST(Comparison, EmptyMaskOfEmptyReferenceIsBetter) {
  auto first = Cases(0), second = Cases(0);
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i].score(Tissue::kPectoral) = MaskScore{};  // truth and found are empty
    second[i].score(Tissue::kPectoral) = MaskScore{};
    if (i < 3) second[i].score(Tissue::kPectoral)->counts.false_positive = 10;
  }
  const auto comparison = CompareEvaluations("a", first, "b", second);
  const auto& line = Line(comparison, "Dice pectoral");
  EXPECT_EQ(line.paired.cases, 3u);
  EXPECT_EQ(*line.first.value, 1);
  EXPECT_EQ(*line.second.value, 0);
}

TEST(Comparison, CountsValuesOfOneSideOnly) {
  const auto first = Cases(0);
  auto second = Cases(0);
  second[3].percent.reset();
  second[5].category.reset();
  const auto comparison = CompareEvaluations("a", first, "b", second);
  EXPECT_EQ(Line(comparison, "percent MAE (masks)").only_first, 1u);
  EXPECT_EQ(Line(comparison, "percent MAE (masks)").only_second, 0u);
  EXPECT_EQ(Line(comparison, "category accuracy").only_first, 1u);
}

}  // namespace
}  // namespace mhcnn
