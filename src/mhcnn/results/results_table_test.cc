#include "mhcnn/results/results_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/csv.h"
#include "mhcnn/testing/backends.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::AnalyzeHalfEllipse;
using testing_support::ThresholdBackend;

TEST(ResultsTable, SummaryOfAModelGivesItsName) {
  const nlohmann::json plain = {{"name", "fast"}, {"version", "1.2"}, {"calibrated", false}};
  EXPECT_EQ(ReadModelName(plain), "fast 1.2");
  Calibration calibration;
  calibration.scale = PercentScale{1, 1};
  ModelCard card;
  card.name = "fast";
  card.version = "1.2";
  EXPECT_EQ(ReadModelName(ModelSummary(card, calibration)), "fast 1.2, calibrated");
  calibration.name = "site";
  EXPECT_EQ(ReadModelName(ModelSummary(card, calibration)), "fast 1.2, calibrated: site");
  EXPECT_EQ(testing_support::ThrownCode([] {
              ReadModelName({{"name", "fast"}});
            }),
            ErrorCode::kCorrupt);
}

TEST(ResultsTable, HasDocumentedColumnsInOrder) {
  EXPECT_THAT(
      ResultColumns(),
      ElementsAre("path", "study_uid", "sop_uid", "laterality", "view", "percent_density",
                  "percent_low", "percent_high", "dense_area_cm2", "breast_area_cm2", "category",
                  "p_a", "p_b", "p_c", "p_d", "flags", "status", "error", "model", "seconds",
                  "percent_spread", "percent_regression", "percent_uncalibrated", "category_range",
                  "ood_score", "percent_strands"));
  Result good = AnalyzeHalfEllipse(60), bad;
  good.metadata.path = "a, \"b\".png";
  bad.metadata.path = "x.dcm";
  bad.error = "corrupt: is cut short";
  const auto rows = ParseCsv(ResultsCsv({good, bad}));
  ASSERT_EQ(rows.size(), 3u);
  for (const auto& row : rows) EXPECT_EQ(row.size(), ResultColumns().size());
  EXPECT_EQ(rows[1][0], good.metadata.path);
  EXPECT_EQ(rows[1][5], cv::format("%.1f", *good.percent_density));
  EXPECT_EQ(rows[1][10], "c");
  EXPECT_EQ(rows[1][15], "heads_disagree;category_uncertain");
  EXPECT_EQ(rows[2][5], "");
  EXPECT_EQ(rows[2][10], "");
  EXPECT_EQ(rows[2][16], "error");
  const auto json =
      nlohmann::json::parse(ResultsJson({good, bad}, MakeStudies({good, bad}, StudyBy::kAuto),
                                        ModelSummary(ThresholdBackend().card())));
  EXPECT_EQ(json["studies"].size(), 2u);
  EXPECT_EQ(json["results"][0]["percent_regression"], 60);
  EXPECT_TRUE(json["results"][1]["category"].is_null());
  EXPECT_THAT(json["notice"].get<std::string>(), HasSubstr("not a medical device"));
}

}  // namespace
}  // namespace mhcnn
