#include "mhcnn/service/web/http_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <typename E>
HttpResponse AnswerTo(const E& problem) {
  return ProblemResponse(std::make_exception_ptr(problem));
}

TEST(ProblemResponse, IsProblemDetailsOfRfc9457) {
  const auto response = ProblemResponse(405, "no", {{"Allow", "GET"}});
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.fields[0].second, "GET");
  const auto json = nlohmann::json::parse(response.body);
  EXPECT_EQ(json.at("type"), "about:blank");
  EXPECT_EQ(json.at("title"), "Method Not Allowed");
  EXPECT_EQ(json.at("status"), 405);
  EXPECT_EQ(json.at("detail"), "no");
}

TEST(ProblemResponse, TranslatesErrorsOnceAndHidesWhatIsOfTheNode) {
  EXPECT_EQ(AnswerTo(HttpError(413, "large")).status, 413);
  EXPECT_EQ(AnswerTo(Error(ErrorCode::kNotFound, "x")).status, 404);
  const auto disk = AnswerTo(Error(ErrorCode::kIo, "disk full", "/secret/path"));
  EXPECT_EQ(disk.status, 503);
  EXPECT_THAT(disk.body, Not(HasSubstr("secret")));
  EXPECT_EQ(disk.fields[0].first, "Retry-After");
  const auto defect = AnswerTo(std::runtime_error("secret"));
  EXPECT_EQ(defect.status, 500);
  EXPECT_THAT(defect.body, Not(HasSubstr("secret")));
}

TEST(ProblemResponse, HostileDetailIsValidJson) {
  const auto response = ProblemResponse(400, "\"}\n\xff\x01");
  EXPECT_TRUE(nlohmann::json::accept(response.body));
}

TEST(ParseMediaType, ReadsTypeAndParameters) {
  const auto media = ParseMediaType(
      "Multipart/Related; type=\"application/dicom\" ;Boundary=\"a \\\"b;=\"; charset=UTF-8");
  EXPECT_EQ(media.type, "multipart/related");
  EXPECT_EQ(media.Parameter("type"), "application/dicom");
  EXPECT_EQ(media.Parameter("boundary"), "a \"b;=");
  EXPECT_EQ(media.Parameter("charset"), "UTF-8");
  EXPECT_EQ(media.Parameter("other"), "");
  EXPECT_EQ(ParseMediaType("").type, "");
  EXPECT_EQ(ParseMediaType("text/plain;").type, "text/plain");
}

TEST(ParseMediaType, RefusesWhatIsNone) {
  for (const char* text : {"text", "/", "a/", "a/b c", "a/b;x", "a/b;x=", "a/b;x=\"", "a/b;x=\"\\",
                           "a/b;x=1;x=2", "a/b\x01", "a/b;;"}) {
    EXPECT_THROW(ParseMediaType(text), HttpError) << text;
  }
}

TEST(Accepts, FollowsRangesAndZeroWeights) {
  const std::string type = "application/dicom+json";
  EXPECT_TRUE(Accepts("", type));
  EXPECT_TRUE(Accepts("*/*", type));
  EXPECT_TRUE(Accepts("text/html, Application/DICOM+json;q=0.5", type));
  EXPECT_TRUE(Accepts("application/*", type));
  EXPECT_FALSE(Accepts("application/dicom+xml", type));
  EXPECT_FALSE(Accepts("application/dicom+json;q=0", type));
  EXPECT_FALSE(Accepts("text/*", type));
}

}  // namespace
}  // namespace mhcnn
