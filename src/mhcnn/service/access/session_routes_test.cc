#include "mhcnn/service/access/session_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kPassword = "correct violet kettle 7";

class SessionRoutesTest : public ::testing::Test {
 protected:
  SessionRoutesTest() {
    config_.store.url = "sqlite:" + (folder_ / "node.db").string();
    config_.web.access.mode = WebAccess::kAccounts;
    AddSessionRoutes(router_, {config_, stores_, access_});
  }
  HttpResponse Ask(const std::string& method, const std::string& path, const json& body = {},
                   const HttpFields& fields = {}) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    request.address = "127.0.0.1";
    request.fields = fields;
    if (method == "POST") request.fields.emplace_back("content-type", "application/json");
    try {
      const Route& route = router_.Find(request);
      if (route.guard) route.guard(request);
      const auto exchange = route.handler(request);
      if (!body.is_null()) exchange->Body(body.is_string() ? body.get<std::string>() : body.dump());
      return exchange->Answer();
    } catch (...) {
      return ProblemResponse(std::current_exception());
    }
  }
  HttpResponse LogIn(const std::string& name = "anna", const std::string& password = kPassword,
                     const HttpFields& fields = {}) {
    return Ask("POST", "/api/v1/login", {{"name", name}, {"password", password}}, fields);
  }
  static std::string GetField(const HttpResponse& response, const std::string& name) {
    for (const auto& [field, value] : response.fields)
      if (field == name) return value;
    return "";
  }
  /// Returns the cookie of an answer as the browser sends it back.
  static std::pair<std::string, std::string> GetCookie(const HttpResponse& response) {
    const std::string field = GetField(response, "Set-Cookie");
    return {"cookie", field.substr(0, field.find(';'))};
  }
  int SessionStatus(const HttpResponse& login) {
    return Ask("GET", "/api/v1/session", {}, {GetCookie(login)}).status;
  }
  void AddAnna() { stores_.Mine().accounts().AddUser("anna", kPassword, Role::kReader); }

  testing_support::ScratchFolder folder_;
  ServiceConfig config_;
  ThreadStores stores_{{"sqlite:" + (folder_ / "node.db").string(), {}, {}, true}};
  Access access_{config_, stores_};
  Router router_;
};

TEST_F(SessionRoutesTest, LoginGivesASession) {
  AddAnna();
  const HttpResponse login = LogIn();
  ASSERT_EQ(login.status, 200);
  const json session = json::parse(login.body);
  EXPECT_EQ(session["name"], "anna");
  EXPECT_EQ(session["role"], "reader");
  EXPECT_EQ(session["access"], "accounts");
  EXPECT_EQ(session["csrf"].get<std::string>().size(), 43u);
  EXPECT_THAT(GetField(login, "Set-Cookie"), StartsWith("mhcnn="));
  EXPECT_THAT(GetField(login, "Set-Cookie"), HasSubstr("Max-Age=43200"));
  const HttpResponse shown = Ask("GET", "/api/v1/session", {}, {GetCookie(login)});
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(json::parse(shown.body), session);
  EXPECT_EQ(Ask("GET", "/api/v1/session").status, 401);
}

TEST_F(SessionRoutesTest, FailedLoginsGiveSameAnswer) {
  AddAnna();
  const HttpResponse wrong = LogIn("anna", "wrong violet kettle"), nobody = LogIn("bert");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body, nobody.body);
  EXPECT_EQ(GetField(wrong, "Set-Cookie"), "");
  EXPECT_EQ(LogIn("anna", std::string(2'000, 'x')).status, 401);
  EXPECT_EQ(Ask("POST", "/api/v1/login", {{"name", "anna"}}).status, 400);
  EXPECT_EQ(Ask("POST", "/api/v1/login", {{"name", 1}, {"password", kPassword}}).status, 400);
  EXPECT_EQ(Ask("POST", "/api/v1/login", "no JSON").status, 400);
  EXPECT_EQ(Ask("POST", "/api/v1/login", json::array()).status, 400);
  EXPECT_EQ(Ask("POST", "/api/v1/login", std::string(9'000, ' ')).status, 413);
  std::string trail;
  for (const auto& record : stores_.Mine().audit().After(0, 100)) trail += record.message;
  EXPECT_THAT(trail, HasSubstr("UserID=\"anna\""));
  EXPECT_EQ(trail.find("bert"), std::string::npos) << "it may be a password";
}

TEST_F(SessionRoutesTest, WrongLoginsAreSlowedDown) {
  AddAnna();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(LogIn("anna", "wrong violet kettle").status, 401);
  const HttpResponse refused = LogIn();
  EXPECT_EQ(refused.status, 429) << "the right password too";
  const int wait =
      std::stoi(GetField(refused, "Retry-After"));  // a slow machine has waited already
  EXPECT_GT(wait, 0);
  EXPECT_LE(wait, 60);
}

TEST_F(SessionRoutesTest, LogoutNeedsTheTokenAndEndsTheSession) {
  AddAnna();
  const HttpResponse login = LogIn();
  const std::string csrf = json::parse(login.body)["csrf"];
  EXPECT_EQ(Ask("POST", "/api/v1/logout", {}, {GetCookie(login)}).status, 403);
  EXPECT_EQ(SessionStatus(login), 200);
  const HttpResponse out =
      Ask("POST", "/api/v1/logout", {}, {GetCookie(login), {"x-csrf-token", csrf}});
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(GetField(out, "Set-Cookie"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(SessionStatus(login), 401);
  EXPECT_EQ(Ask("POST", "/api/v1/logout", {}, {GetCookie(login)}).status, 204) << "it has ended";
}

TEST_F(SessionRoutesTest, LoginEndsPreviousSession) {
  AddAnna();
  const HttpResponse first = LogIn();
  const HttpResponse second = LogIn("anna", kPassword, {GetCookie(first)});
  EXPECT_EQ(SessionStatus(first), 401);
  EXPECT_EQ(SessionStatus(second), 200);
}

TEST_F(SessionRoutesTest, OwnPasswordIsChangedByWhoKnowsIt) {
  AddAnna();
  const HttpResponse login = LogIn(), other = LogIn();
  const std::string csrf = json::parse(login.body)["csrf"], next = "another yellow bottle 9";
  const auto change = [&](const std::string& password, const std::string& to) {
    return Ask("POST", "/api/v1/password", {{"password", password}, {"new", to}},
               {GetCookie(login), {"x-csrf-token", csrf}});
  };
  EXPECT_EQ(change("wrong violet kettle", next).status, 401);
  EXPECT_EQ(change(kPassword, "short").status, 422);
  EXPECT_EQ(Ask("POST", "/api/v1/password", {{"password", kPassword}, {"new", next}}).status, 401);
  const HttpResponse changed = change(kPassword, next);
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(SessionStatus(login), 401);
  EXPECT_EQ(SessionStatus(other), 401);
  EXPECT_EQ(SessionStatus(changed), 200);
  EXPECT_EQ(LogIn().status, 401);
  EXPECT_EQ(LogIn("anna", next).status, 200);
}

TEST_F(SessionRoutesTest, NobodyLogsInWithoutAccounts) {
  AddAnna();
  config_.web.access.mode = WebAccess::kOpen;
  EXPECT_EQ(LogIn().status, 404);
  const HttpResponse session = Ask("GET", "/api/v1/session");
  EXPECT_EQ(
      json::parse(session.body),
      (json{{"name", "anonymous"}, {"role", "administrator"}, {"csrf", ""}, {"access", "open"}}));
  EXPECT_EQ(Ask("POST", "/api/v1/logout").status, 204);
}

}  // namespace
}  // namespace mhcnn
