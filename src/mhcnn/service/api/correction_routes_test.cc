#include "mhcnn/service/api/correction_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/csv.h"
#include "mhcnn/testing/queued_results.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CorrectionRoutesTest : public ::testing::Test {
 protected:
  CorrectionRoutesTest() {
    config_.name = "node";
    config_.store.url = "sqlite:" + (folder_ / "node.db").string();
    exam_ = testing_support::QueueResults(stores_().Mine(), folder_.path(), "1.2.3", {});
    RouteAccess access;
    access.guard_for = [this](Role role) {
      return [this, role](const HttpRequest&) {
        asked_ = role;
        if (role > has_) throw HttpError(403, "no");
      };
    };
    access.who = [](const HttpRequest&) { return std::string("Dr. Grün"); };
    AddCorrectionRoutes(router_, {config_, stores_(), access});
  }

  ThreadStores& stores_() {
    if (!kept_) kept_ = std::make_unique<ThreadStores>(config_.store);
    return *kept_;
  }

  /// Answers as the server does: an exception becomes problem details.
  HttpResponse Ask(const std::string& method, const std::string& path, const std::string& body = "",
                   const std::string& type = "application/json", const std::string& accept = "") {
    HttpRequest request;
    request.method = method;
    const auto mark = path.find('?');
    request.path = path.substr(0, mark);
    if (mark != std::string::npos) request.query = path.substr(mark + 1);
    request.address = "192.0.2.7";
    request.has_body = !body.empty();
    if (request.has_body) {
      request.content_length = body.size();
      request.fields.emplace_back("content-type", type);
    }
    if (!accept.empty()) request.fields.emplace_back("accept", accept);
    try {
      const Route& route = router_.Find(request);
      route.guard(request);
      const auto exchange = route.handler(request);
      if (!body.empty()) exchange->Body(body);
      return exchange->Answer();
    } catch (...) {
      return ProblemResponse(std::current_exception());
    }
  }
  static std::string GetField(const HttpResponse& response, const std::string& name) {
    for (const auto& [field, value] : response.fields) {
      if (field == name) return value;
    }
    return {};
  }
  HttpResponse Post(const std::string& body) { return Ask("POST", Path(), body); }
  std::string Path() const { return "/api/v1/exams/" + std::to_string(exam_) + "/corrections"; }

  testing_support::ScratchFolder folder_;
  ServiceConfig config_;
  std::unique_ptr<ThreadStores> kept_;
  Router router_;
  Role has_ = Role::kReader, asked_ = Role::kSender;
  std::int64_t exam_ = 0;
};

TEST_F(CorrectionRoutesTest, AddsAndListsVersions) {
  const HttpResponse made =
      Post(R"({"revision": 1, "version": 0, "category": "c", "percent": 31, "comment": "x"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(asked_, Role::kReader);
  const json first = json::parse(made.body);
  EXPECT_EQ(first["version"], 1);
  EXPECT_EQ(first["author"], "Dr. Grün");
  EXPECT_EQ(first["percent"], "31.0");
  ASSERT_EQ(Post(R"({"revision":1,"version":1,"category":"d","percent":null})").status, 201);
  const json list = json::parse(Ask("GET", Path()).body);
  EXPECT_EQ(asked_, Role::kViewer);
  ASSERT_EQ(list["corrections"].size(), 2U);
  EXPECT_EQ(list["corrections"][0], first);
  EXPECT_EQ(list["corrections"][1]["category"], "d");
}

TEST_F(CorrectionRoutesTest, AnswersConflictsWith409) {
  ASSERT_EQ(Post(R"({"revision":1,"version":0,"category":"c"})").status, 201);
  const HttpResponse version = Post(R"({"revision":1,"version":0,"category":"a"})");
  EXPECT_EQ(version.status, 409);
  EXPECT_EQ(version.content_type, "application/problem+json");
  EXPECT_THAT(version.body, HasSubstr("newest is version 1"));
  EXPECT_EQ(Post(R"({"revision":2,"version":1,"category":"a"})").status, 409);
  EXPECT_EQ(stores_().Mine().corrections().ListForExam(exam_).size(), 1U);
}

TEST_F(CorrectionRoutesTest, RefusesWhatIsWrongAndChangesNothing) {
  for (const char* body :
       {R"({"revision":1,"version":0,"category":"e"})", R"({"revision":1,"version":0})",
        R"({"revision":1,"version":0,"category":"c","percent":101})",
        R"({"revision":1,"version":0,"category":"c","percent":"31"})",
        R"({"revision":1.5,"version":0,"category":"c"})",
        R"({"revision":-1,"version":0,"category":"c"})", R"({"version":0,"category":"c"})",
        R"({"revision":1,"version":0,"category":"c","author":"other"})",
        R"({"revision":1,"version":0,"category":"c","comment":7})", "[]"})
    EXPECT_EQ(Post(body).status, 422) << body;
  EXPECT_EQ(Post("{").status, 400);
  EXPECT_EQ(Ask("POST", Path(), "{}", "text/plain").status, 415);
  for (const char* exam : {"999", "x", "0x1", "99999999999999999999999"}) {
    const std::string path = std::string("/api/v1/exams/") + exam + "/corrections";
    EXPECT_EQ(Ask("GET", path).status, 404);
    EXPECT_EQ(Ask("POST", path, R"({"revision":1,"version":0,"category":"c"})").status, 404);
  }
  EXPECT_TRUE(stores_().Mine().corrections().ListForExam(exam_).empty());
  has_ = Role::kViewer;
  EXPECT_EQ(Post(R"({"revision":1,"version":0,"category":"c"})").status, 403);
  EXPECT_EQ(Ask("GET", "/api/v1/corrections").status, 403);
}

TEST_F(CorrectionRoutesTest, GivesAllForCalibrate) {
  ASSERT_EQ(Post(R"({"revision":1,"version":0,"category":"c","percent":31})").status, 201);
  const json all = json::parse(Ask("GET", "/api/v1/corrections").body);
  ASSERT_EQ(all["corrections"].size(), 1U);
  EXPECT_EQ(all["corrections"][0]["study_uid"], "1.2.3");
  const HttpResponse csv =
      Ask("GET", "/api/v1/corrections?since=2020-01-01T00%3A00%3A00Z", "", "", "text/csv");
  EXPECT_EQ(csv.content_type, "text/csv; charset=utf-8");
  const auto rows = ParseCsv(csv.body);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0], ElementsAre("image", "percent_density", "category", "patient_id"));
  EXPECT_EQ(rows[1][0], "1.2.3.1.dcm");
  EXPECT_EQ(json::parse(Ask("GET", "/api/v1/corrections?since=9000-01-01").body)["corrections"],
            json::array());
  EXPECT_EQ(Ask("GET", "/api/v1/corrections?since=yesterday").status, 400);
  EXPECT_EQ(Ask("GET", "/api/v1/corrections?until=2020-01-01").status, 400);
}

TEST_F(CorrectionRoutesTest, GivesAllInPages) {
  std::vector<std::int64_t> exams = {exam_};
  for (const char* study : {"1.2.4", "1.2.5"}) {
    exams.push_back(testing_support::QueueResults(stores_().Mine(), folder_.path(), study, {}));
  }
  for (const std::int64_t exam : exams) {
    ASSERT_EQ(Ask("POST", "/api/v1/exams/" + std::to_string(exam) + "/corrections",
                  R"({"revision":1,"version":0,"category":"c"})")
                  .status,
              201);
  }
  std::vector<std::int64_t> found;
  std::string next = "/api/v1/corrections?limit=2";
  int pages = 0;
  for (; !next.empty() && pages < 5; ++pages) {
    const HttpResponse page = Ask("GET", next);
    ASSERT_EQ(page.status, 200) << next << page.body;
    const json answer = json::parse(page.body);
    for (const json& one : answer["corrections"]) found.push_back(one["exam"]);
    next = answer["next"].is_null() ? "" : answer["next"].get<std::string>();
    const std::string link = GetField(page, "Link");
    EXPECT_EQ(link, next.empty() ? "" : "<" + next + ">; rel=\"next\"");
  }
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(found, exams);
  EXPECT_THAT(GetField(Ask("GET", "/api/v1/corrections?limit=2", "", "", "text/csv"), "Link"),
              HasSubstr("rel=\"next\""));
}

TEST_F(CorrectionRoutesTest, AuditsReadingsOfAllAndChanges) {
  ASSERT_EQ(Post(R"({"revision":1,"version":0,"category":"c"})").status, 201);
  Ask("GET", "/api/v1/corrections");
  Post(R"({"revision":1,"version":0,"category":"c"})");  // refused: nothing changed
  const auto events = stores_().Mine().audit().After(0, 10);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].event, "110103");
  EXPECT_THAT(events[0].message, HasSubstr("EventActionCode=\"U\""));
  EXPECT_THAT(events[0].message, HasSubstr("Dr. Grün"));
  EXPECT_THAT(events[0].message, HasSubstr("1.2.3"));
  EXPECT_THAT(events[0].message, HasSubstr("version 1: category c"));
  EXPECT_THAT(events[1].message, HasSubstr("EventActionCode=\"R\""));
  EXPECT_THAT(events[1].message, HasSubstr("corrections of 1 exams read"));
}

}  // namespace
}  // namespace mhcnn
