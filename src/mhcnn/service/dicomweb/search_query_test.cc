#include "mhcnn/service/dicomweb/search_query.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {
namespace {

using nlohmann::json;

TEST(ReadSearchQuery, TakesKeywordsAndTags) {
  const auto query = ReadSearchQuery(
      "PatientID=P%201&00080020=20260101-&limit=7&offset=3&includefield=all&fuzzymatching=true&"
      "0020000d=1.2&Rows=5&PatientName=");
  EXPECT_EQ(query.match, (std::map<std::string, std::string>{
                             {"00100020", "P 1"}, {"00080020", "20260101-"}, {"0020000D", "1.2"}}));
  EXPECT_EQ(query.ignored, std::vector<std::string>{"Rows"});
  EXPECT_EQ(query.limit, 7);
  EXPECT_EQ(query.offset, 3);
  EXPECT_FALSE(query.NeedsHeaders());
  EXPECT_TRUE(ReadSearchQuery("ModalitiesInStudy=MG").NeedsHeaders());
  EXPECT_EQ(ReadSearchQuery("limit=1000000").limit, kMaxAnswers);
  EXPECT_THROW(ReadSearchQuery("limit=-1"), HttpError);
  EXPECT_THROW(ReadSearchQuery("limit=x"), HttpError);
}

TEST(SearchQuery, ChoosesStudiesInTheStore) {
  const auto filter =
      ReadSearchQuery("PatientID=P*&StudyDate=20260101-20260201&StudyInstanceUID=1.2,1.3")
          .StudyFilter();
  EXPECT_EQ(filter.patient_id, "P*");
  EXPECT_EQ(filter.date_from, "20260101");
  EXPECT_EQ(filter.date_to, "20260201");
  EXPECT_EQ(filter.study_uids, (std::vector<std::string>{"1.2", "1.3"}));
  EXPECT_EQ(ReadSearchQuery("StudyDate=-20260201").StudyFilter().date_from, "");
  EXPECT_EQ(ReadSearchQuery("StudyDate=20260201").StudyFilter().date_to, "20260201");
  EXPECT_THROW(ReadSearchQuery("StudyDate=yesterday").StudyFilter(), HttpError);
}

TEST(Matches, FollowsTheRulesOfThePart) {
  const json attributes = {{"00080061", {{"vr", "CS"}, {"Value", {"MG", "SR"}}}},
                           {"0020000D", {{"vr", "UI"}, {"Value", {"1.2"}}}},
                           {"00080020", {{"vr", "DA"}, {"Value", {"20260103"}}}},
                           {"00080030", {{"vr", "TM"}, {"Value", {"101530"}}}},
                           {"00100010", {{"vr", "PN"}, {"Value", {{{"Alphabetic", "Doe^Ann"}}}}}},
                           {"00080050", {{"vr", "SH"}}},
                           {"00200011", {{"vr", "IS"}, {"Value", {3}}}}};
  const auto matches = [&](const char* tag, const char* wanted) {
    return Matches(tag, attributes, wanted);
  };
  EXPECT_TRUE(matches("00080061", "SR"));
  EXPECT_TRUE(matches("00080061", "CT\\SR"));
  EXPECT_FALSE(matches("00080061", "CT"));
  EXPECT_TRUE(matches("0020000D", "1.1,1.2"));
  EXPECT_FALSE(matches("0020000D", "1.1"));
  EXPECT_TRUE(matches("00080020", "20260101-20260103"));
  EXPECT_TRUE(matches("00080020", "-20260103"));
  EXPECT_FALSE(matches("00080020", "20260104-"));
  EXPECT_FALSE(matches("00080020", "-20260102"));
  EXPECT_TRUE(matches("00080030", "1000-1015"));
  EXPECT_TRUE(matches("00080030", "1015"));
  EXPECT_TRUE(matches("00100010", "doe*"));
  EXPECT_TRUE(matches("00100010", "*a?n"));
  EXPECT_FALSE(matches("00100010", "Roe*"));
  EXPECT_FALSE(matches("00080050", "A1"));
  EXPECT_TRUE(matches("00080050", "*"));
  EXPECT_FALSE(matches("00081030", "x"));
  EXPECT_TRUE(matches("00200011", "3"));
}

}  // namespace
}  // namespace mhcnn
