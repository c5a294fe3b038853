#include "mhcnn/evaluate/evaluated_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/evaluated_cases.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

std::string WhyRefused(const nlohmann::json& json) {
  try {
    CaseFromJson(json);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kCorrupt);
    return e.what();
  }
  return "accepted";
}

TEST(EvaluatedCase, RoundTripsThroughJson) {
  EvaluatedCase full = MakeCase("a.png", "p1", 30, 27.25);
  full.error = "";
  full.laterality = Laterality::kLeft;
  full.view = View::kMLO;
  full.study = "1.2.3";
  full.flags = {"spot_view", "implant_displaced"};
  full.vendor = "HOLOGIC, Inc.";
  full.age_years = 57;
  full.in_mm = true;
  full.regression = 31.5;
  full.percents_by_threshold.emplace().fill(12.25);
  full.otsu_dice = 0.5;
  full.otsu_percent = 61;
  full.true_category = DensityCategory::kC;
  full.category = DensityCategory::kD;
  full.probabilities = {0.1, 0.2, 0.3, 0.4};
  full.category_range = CategoryRange{DensityCategory::kB, DensityCategory::kD};
  const auto text = CaseToJson(full).dump();
  EXPECT_EQ(CaseFromJson(nlohmann::json::parse(text)), full);
  EvaluatedCase empty;
  empty.path = "/x";
  empty.error = "corrupt: cut short";
  EXPECT_EQ(CaseFromJson(nlohmann::json::parse(CaseToJson(empty).dump())), empty);
}

TEST(EvaluatedCase, NamesInvalidField) {
  const auto good = CaseToJson(MakeCase("a.png", "p1", 30, 27));
  auto json = good;
  json.erase("percent");
  EXPECT_THAT(WhyRefused(json), HasSubstr("'percent' is missing"));
  json = good;
  json["true_percent"] = 130;
  EXPECT_THAT(WhyRefused(json), HasSubstr("'true_percent' is out of range"));
  json = good;
  json["category"] = "e";
  EXPECT_THAT(WhyRefused(json), HasSubstr("'category' is not a, b, c or d"));
  json = good;
  json["masks"]["dense"]["tp"] = -1;
  EXPECT_THAT(WhyRefused(json), HasSubstr("'tp' is not a count"));
  json = good;
  json["probabilities"] = {0.5, 0.5};
  EXPECT_THAT(WhyRefused(json), HasSubstr("'probabilities'"));
  json = CaseToJson(MakeCase("/x.png", "p", 20, 22));
  json["category_range"] = "d-b";
  EXPECT_THAT(WhyRefused(json), HasSubstr("'category_range'"));
  json.erase("category_range");  // evaluations of before 0.3.0
  json.erase("percents_by_threshold");
  EXPECT_FALSE(CaseFromJson(json).category_range.has_value());
  EXPECT_FALSE(CaseFromJson(json).percents_by_threshold.has_value());
  for (const nlohmann::json& wrong : {nlohmann::json({1, 2}), nlohmann::json("x"),
                                      nlohmann::json(std::vector<double>(17, 101))}) {
    json["percents_by_threshold"] = wrong;
    EXPECT_THAT(WhyRefused(json), HasSubstr("'percents_by_threshold'"));
  }
}

TEST(EvaluatedCase, OlderEvaluationsLackStudyAndFlags) {
  EvaluatedCase c = MakeCase("/x.png", "p", 20, 22);
  c.study = "1.2.3";
  c.flags = {"spot_view"};
  auto json = CaseToJson(c);
  json["flags"] = "spot_view";
  EXPECT_THAT(WhyRefused(json), HasSubstr("'flags' is not a list"));
  json["flags"] = nlohmann::json::array({1});
  EXPECT_THAT(WhyRefused(json), HasSubstr("'flags' contains a value that is not a text"));
  json.erase("study");
  json.erase("flags");
  const EvaluatedCase read = CaseFromJson(json);
  EXPECT_EQ(read.study, "");
  EXPECT_TRUE(read.flags.empty());
}

TEST(EvaluatedCase, RefusesRepeatedImage) {
  const std::vector<EvaluatedCase> twice = {MakeCase("a.png", "p", 10, 10),
                                            MakeCase("b.png", "p", 10, 10),
                                            MakeCase("a.png", "p", 10, 10)};
  try {
    CheckUniqueImages(twice);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kUsage);
    EXPECT_THAT(e.what(), HasSubstr("a.png"));
  }
}

}  // namespace
}  // namespace mhcnn
