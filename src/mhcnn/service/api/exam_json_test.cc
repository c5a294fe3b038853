#include "mhcnn/service/api/exam_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mhcnn {
namespace {

TEST(ExamSummaryJson, PrintsFiguresAndFollowsTheReader) {
  ExamSearchResult found;
  found.exam.id = 12;
  found.exam.state = ExamState::kDone;
  found.exam.summary =
      R"({"percent_density":23.449,"percent_low":null,"category":"b","flags":["x"]})";
  auto json = ExamSummaryJson(found);
  EXPECT_EQ(json.at("percent"), "23.4");
  EXPECT_TRUE(json.at("percent_low").is_null());
  EXPECT_TRUE(json.at("percent_high").is_null());
  EXPECT_EQ(json.at("category"), "b");
  EXPECT_EQ(json.at("dense"), false);
  EXPECT_EQ(json.at("flags"), nlohmann::json({"x"}));
  EXPECT_EQ(json.at("state"), "done");
  found.category = "c";
  json = ExamSummaryJson(found);
  EXPECT_EQ(json.at("category"), "b");
  EXPECT_EQ(json.at("category_corrected"), "c");
  EXPECT_EQ(json.at("dense"), true);
}

TEST(ExamSummaryJson, TakesAnExamWithoutFigures) {
  for (const char* summary : {"", "no JSON", "[]"}) {
    ExamSearchResult found;
    found.exam.summary = summary;
    const auto json = ExamSummaryJson(found);
    EXPECT_TRUE(json.at("percent").is_null());
    EXPECT_EQ(json.at("category"), "");
    EXPECT_TRUE(json.at("dense").is_null());
    EXPECT_EQ(json.at("flags"), nlohmann::json::array());
  }
}

TEST(ExamSummaryJson, NamesTheSmallPicturesThatAreThere) {
  ExamSearchResult found;
  found.exam.summary =
      R"({"images_measured":[{"sop_uid":"1.2.1","picture":"aa"},{"sop_uid":"1.2.2"},
      {"sop_uid":"1.2.3","picture":"cc"},{"sop_uid":"1.2.4","picture":"dd"}]})";
  found.views = {"1.2.1", "1.2.2", "", "1.2.4"};
  found.small_pictures = {"aa-small.jpg", "cc-small.jpg"};
  EXPECT_EQ(ExamSummaryJson(found).at("thumbnails"), nlohmann::json({"aa", "", "", ""}));
}

}  // namespace
}  // namespace mhcnn
