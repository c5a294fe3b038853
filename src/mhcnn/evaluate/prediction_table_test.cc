#include "mhcnn/evaluate/prediction_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/stats/probabilities.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

PredictionTable MakeTable(const std::string& text) {
  const testing_support::ScratchFolder folder;
  WriteFileAtomically(folder / "results.csv", text);
  return ReadPredictionTable(folder / "results.csv");
}

TEST(PredictionTable, RoundedProbabilitiesAddUpToOneAgain) {
  const auto rows = MakeTable(
                        "path,category,p_a,p_b,p_c,p_d\n"
                        "1,a,.335,.335,.325,0\n"
                        "2,c,0.1,0.2,0.6,0.1\n"
                        "3,b,0.1,0.2,0.3,0.1\n")
                        .rows;
  ASSERT_EQ(rows.size(), 3u);
  // 0.335 / 0.995 and 0.325 / 0.995
  EXPECT_NEAR(rows[0].probabilities[0], 0.3366834, 1e-7);
  EXPECT_NEAR(rows[0].probabilities[1], 0.3366834, 1e-7);
  EXPECT_NEAR(rows[0].probabilities[2], 0.3266332, 1e-7);
  EXPECT_THAT(rows[1].probabilities, ElementsAre(0.1, 0.2, 0.6, 0.1));
  EXPECT_THAT(FindImplausibleValue(rows[0]), IsEmpty());
  EXPECT_THAT(FindImplausibleValue(rows[2]), HasSubstr("not probabilities with the sum 1"));
  Probabilities matrix(2, 4);
  for (Eigen::Index r = 0; r < 2; ++r) {
    for (Eigen::Index c = 0; c < 4; ++c)
      matrix(r, c) = rows[static_cast<std::size_t>(r)].probabilities[static_cast<std::size_t>(c)];
  }
  EXPECT_TRUE(BrierScore({0, 2}, matrix).defined()) << "one rounded row blanked the whole set";
}

TEST(PredictionTable, AMissingCategoryIsTheMostProbable) {
  const auto rows = MakeTable(
                        "path,category,p_a,p_b,p_c,p_d,status\n"
                        "1,,0.1,0.2,0.6,0.1,ok\n"
                        "2,b,0.1,0.2,0.6,0.1,ok\n"
                        "3,,,,,,ok\n"
                        "4,,0,0,0,0,ok\n"
                        "5,,n/a,n/a,n/a,n/a,error\n")
                        .rows;
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].category, DensityCategory::kC);
  EXPECT_EQ(rows[0].probabilities[2], 0.6);
  EXPECT_EQ(rows[1].category, DensityCategory::kB) << "what the method states counts";
  EXPECT_FALSE(rows[2].category);
  EXPECT_FALSE(rows[3].category);
  EXPECT_EQ(rows[4].error, "not measured: its status is 'error'");
  const auto without_column = MakeTable("path,p_a,p_b,p_c,p_d\n1,0,0,0.25,0.75\n").rows;
  EXPECT_EQ(without_column.at(0).category, DensityCategory::kD);
}

TEST(PredictionTable, CaseAndBlanksMakeNoDifference) {
  const auto rows = MakeTable(
                        "path;category;laterality;view;category_range;status\n"
                        "1; B ;left;mlo;B-C;OK\n"
                        "2;BI-RADS 3; R ;Cc;;\n"
                        "3;4;RIGHT;Other;;ERROR\n"
                        "4;d;both;xccl;;\n")
                        .rows;
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].category, DensityCategory::kB);
  EXPECT_EQ(rows[0].metadata.laterality, Laterality::kLeft);
  EXPECT_EQ(rows[0].metadata.view, View::kMLO);
  EXPECT_EQ(rows[0].category_range, (CategoryRange{DensityCategory::kB, DensityCategory::kC}));
  EXPECT_EQ(rows[1].category, DensityCategory::kC);
  EXPECT_EQ(rows[1].metadata.laterality, Laterality::kRight);
  EXPECT_EQ(rows[1].metadata.view, View::kCC);
  EXPECT_EQ(rows[2].metadata.laterality, Laterality::kRight);
  EXPECT_EQ(rows[2].metadata.view, View::kOther);
  EXPECT_FALSE(rows[2].ok());
  EXPECT_EQ(rows[3].metadata.laterality, Laterality::kUnknown);
  EXPECT_EQ(rows[3].metadata.view, View::kUnknown);
}

TEST(PredictionTable, AnUnknownStatusIsNoMeasurement) {
  const auto rows = MakeTable("path,percent_density,status\n1,20,Failed\n2,30,ok\n3,40,\n").rows;
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].error, "not measured: its status is 'Failed'");
  EXPECT_TRUE(rows[1].ok());
  EXPECT_TRUE(rows[2].ok());
}

TEST(PredictionTable, ReadsWhatPredictWrote) {
  Result result;
  result.metadata.path = "/in/1.dcm";
  result.metadata.view = View::kMLO;
  result.category = DensityCategory::kB;
  result.probabilities = {0.1, 0.7, 0.15, 0.05 + 1e-7};  // as a network's: not rounded
  const testing_support::ScratchFolder folder;
  WriteFileAtomically(
      folder / "results.json",
      ResultsJson(
          {result}, {},
          {{"name", "m"}, {"version", "1"}, {"calibrated", true}, {"calibration", "site"}}));
  const PredictionTable table = ReadPredictionTable(folder / "results.json");
  EXPECT_EQ(table.model, "m 1, calibrated: site");
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0].probabilities, result.probabilities);
  EXPECT_EQ(table.rows[0].metadata.view, View::kMLO);
}

TEST(PredictionTable, NamesTheLineOfWhatCannotBeRead) {
  const auto refusal = [](const std::string& text) {
    return testing_support::ErrorMessage([&] { MakeTable(text); }, ErrorCode::kCorrupt);
  };
  EXPECT_THAT(refusal("path,category\nx,e\n"), HasSubstr("line 2: category 'e' is not a, b, c"));
  EXPECT_THAT(refusal("path,category\nx,a\n,b\n"), HasSubstr("line 3: the column 'path' is empty"));
  EXPECT_THAT(refusal("path,p_a\nx,much\n"), HasSubstr("'much' is not a number"));
  EXPECT_THAT(refusal("path,category_range\nx,d-a\n"), HasSubstr("not a range such as"));
  EXPECT_THAT(refusal("image,category\nx,a\n"), HasSubstr("has no column 'path'"));
}

TEST(FindImplausibleValue, NamesPercentsOutOfRange) {
  Result result;
  EXPECT_THAT(FindImplausibleValue(result), IsEmpty());
  result.percent_density = 101;
  EXPECT_THAT(FindImplausibleValue(result), HasSubstr("percent_density"));
  result.percent_density = 100;
  result.percent_regression = -1;
  EXPECT_THAT(FindImplausibleValue(result), HasSubstr("percent_regression"));
}

}  // namespace
}  // namespace mhcnn
