#include "mhcnn/service/access/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/job_stores.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPassword = "correct violet kettle 7";

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() {
    config_.store.url = "sqlite:" + (folder_ / "node.db").string();
    config_.name = "node";
  }
  Accounts& accounts() { return stores().Mine().accounts(); }
  ThreadStores& stores() {
    if (!stores_) stores_ = std::make_unique<ThreadStores>(config_.store);
    return *stores_;
  }
  const Access& access() {
    if (!access_) access_ = std::make_unique<Access>(config_, stores());
    return *access_;
  }
  static HttpRequest Request(const HttpFields& fields, const std::string& method = "GET") {
    HttpRequest request;
    request.method = method;
    request.path = "/api/v1/counts";
    request.address = "127.0.0.1";
    request.fields = fields;
    return request;
  }
  static HttpRequest Bearer(const std::string& token) {
    return Request({{"authorization", "Bearer " + token}});
  }
  /// Returns "NAME ROLE" of the client, or the status that the request gets.
  std::string Who(const HttpRequest& request) {
    try {
      const Identity identity = access().RequireAny(request);
      return identity.name + " " + RoleName(identity.role);
    } catch (const HttpError& e) {
      if (e.status() == 401) {
        EXPECT_EQ(e.fields().at(0).first, "WWW-Authenticate");
      }
      return std::to_string(e.status());
    }
  }
  int Status(const HttpRequest& request, Role least) {
    try {
      access().Guard(least)(request);
      return 200;
    } catch (const HttpError& e) {
      return e.status();
    }
  }
  StartedSession LogIn(const std::string& name, Role role) {
    accounts().AddUser(name, kPassword, role);
    return accounts().BeginSession(accounts().CheckLogin(name, kPassword).value(), {}).value();
  }
  std::string Trail() {
    std::string all;
    for (const AuditRecord& record : stores().Mine().audit().After(0, 1'000)) all += record.message;
    return all;
  }

  testing_support::ScratchFolder folder_;
  ServiceConfig config_;

 private:
  std::unique_ptr<ThreadStores> stores_;
  std::unique_ptr<Access> access_;
};

TEST_F(AccessTest, OpenLetsEverybodyInAsAdministrator) {
  EXPECT_EQ(Who(Request({})), "anonymous administrator");
  EXPECT_EQ(Who(Bearer("whatever")), "anonymous administrator");
  EXPECT_EQ(Status(Request({}, "POST"), Role::kAdministrator), 200);
}

TEST_F(AccessTest, TokenFileMakesASenderAndKeepsOthersOut) {
  WriteFileAtomically(folder_ / "token", "s3cret-token\n");
  config_.web.token_file = folder_ / "token";
  EXPECT_EQ(Who(Bearer("s3cret-token")), "token file sender");
  EXPECT_EQ(Who(Request({})), "401");
  EXPECT_EQ(Who(Bearer("wrong")), "401");
  EXPECT_EQ(Status(Bearer("s3cret-token"), Role::kSender), 200);
  EXPECT_EQ(Status(Bearer("s3cret-token"), Role::kViewer), 403);
  const std::string token = accounts().CreateToken("report", Role::kViewer);
  EXPECT_EQ(Who(Bearer(token)), "report viewer");
}

TEST_F(AccessTest, AccountsNeedASessionOrAToken) {
  config_.web.access.mode = WebAccess::kAccounts;
  const StartedSession session = LogIn("anna", Role::kReader);
  const std::string token = accounts().CreateToken("scanner", Role::kSender);
  EXPECT_EQ(Who(Request({})), "401");
  EXPECT_EQ(Who(Request({{"cookie", "a=b; mhcnn=" + session.value}})), "anna reader");
  EXPECT_EQ(Who(Request({{"cookie", "__Host-mhcnn=" + session.value}})), "401")
      << "the name of the cookie over TLS";
  HttpRequest tls = Request({{"cookie", "__Host-mhcnn=" + session.value}});
  tls.encrypted = true;
  EXPECT_EQ(Who(tls), "anna reader");
  EXPECT_EQ(Who(Request({{"cookie", "mhcnn=" + session.value + "x"}})), "401");
  EXPECT_EQ(Who(Bearer(token)), "scanner sender");
  EXPECT_EQ(Who(Bearer(session.value)), "401") << "a session is no token";
  EXPECT_EQ(Who(Request({{"cookie", "mhcnn=" + token}})), "401") << "a token is no session";
  EXPECT_EQ(Who(Request({{"x-remote-user", "root"}, {"x-remote-role", "administrator"}})), "401");
  accounts().RevokeToken("scanner");
  EXPECT_EQ(Who(Bearer(token)), "401");
  EXPECT_THAT(Trail(), Not(HasSubstr(token)));
}

TEST_F(AccessTest, ACookieDoesNotChangeAnythingWithoutItsToken) {
  config_.web.access.mode = WebAccess::kAccounts;
  const StartedSession session = LogIn("anna", Role::kReader);
  const StartedSession other = LogIn("bert", Role::kReader);
  const std::pair<std::string, std::string> cookie{"cookie", "mhcnn=" + session.value};
  EXPECT_EQ(Who(Request({cookie}, "POST")), "403");
  EXPECT_EQ(Who(Request({cookie, {"x-csrf-token", ""}}, "DELETE")), "403");
  EXPECT_EQ(Who(Request({cookie, {"x-csrf-token", other.csrf}}, "POST")), "403");
  EXPECT_EQ(Who(Request({cookie, {"x-csrf-token", session.csrf}}, "POST")), "anna reader");
  EXPECT_EQ(Who(Request({cookie}, "HEAD")), "anna reader");
  EXPECT_THAT(Trail(), HasSubstr("X-CSRF-Token"));
}

TEST_F(AccessTest, RoleDecides) {
  config_.web.access.mode = WebAccess::kAccounts;
  const std::string viewer = accounts().CreateToken("report", Role::kViewer);
  EXPECT_EQ(Status(Bearer(viewer), Role::kViewer), 200);
  EXPECT_EQ(Status(Bearer(viewer), Role::kSender), 403);
  EXPECT_EQ(Status(Bearer(viewer), Role::kReader), 403);
  EXPECT_EQ(Status(Request({}), Role::kViewer), 401);
  EXPECT_THAT(Trail(), HasSubstr("UserID=\"report\""));
  EXPECT_THAT(Trail(), HasSubstr("110132"));
}

class ProxyAccessTest : public AccessTest {
 protected:
  ProxyAccessTest() {
    config_.web.access.mode = WebAccess::kProxy;
    config_.web.access.trusted_proxies.Add({"", AddressRange("127.0.0.1")});
    config_.web.access.role_groups[static_cast<std::size_t>(Role::kReader)] = {"radiologists"};
  }
  static HttpRequest As(const std::string& user, const std::string& role) {
    return Request({{"x-remote-user", user}, {"x-remote-role", role}});
  }
};

TEST_F(ProxyAccessTest, BelievesTheProxy) {
  EXPECT_EQ(Who(As("anna", "viewer")), "anna viewer");
  EXPECT_EQ(Who(As("anna", "staff, radiologists,viewer")), "anna reader") << "the highest";
  EXPECT_EQ(Who(As("anna", "sender")), "anna sender");
  EXPECT_EQ(Who(As("anna", "")), "403");
  EXPECT_EQ(Who(As("anna", "Administrator,root,reader2")), "403");
  EXPECT_EQ(Who(As("", "administrator")), "401");
  EXPECT_EQ(Who(As("an\x01na", "viewer")), "400");
  EXPECT_EQ(Who(Request({})), "401");
  EXPECT_EQ(Who(Request({{"x-remote-user", "a"}, {"x-remote-user", "b"}})), "400");
  HttpRequest foreign = As("anna", "viewer");
  foreign.fields.emplace_back("authorization", "Bearer a.token.of-the-provider");
  EXPECT_EQ(Who(foreign), "anna viewer");
  foreign.fields.back().second = "Bearer mhcnn_wrong";
  EXPECT_EQ(Who(foreign), "401");
}

TEST_F(ProxyAccessTest, IgnoresHeadersOfUntrustedPeers) {
  HttpRequest request = As("root", "administrator");
  request.address = "192.0.2.7";
  EXPECT_EQ(Who(request), "401");
  EXPECT_THAT(Trail(), HasSubstr("comes from no trusted proxy"));
  request.fields.emplace_back("authorization",
                              "Bearer " + accounts().CreateToken("scanner", Role::kSender));
  EXPECT_EQ(Who(request), "scanner sender") << "programs may come past the proxy";
}

TEST_F(ProxyAccessTest, AsksForItsTokenToo) {
  const Identity anna = access().RequireAny(As("anna", "reader"));
  EXPECT_TRUE(anna.by_cookie);
  const Identity bert = access().RequireAny(As("bert", "reader"));
  EXPECT_NE(anna.csrf, bert.csrf);
  HttpRequest post = As("anna", "reader");
  post.method = "POST";
  EXPECT_EQ(Who(post), "403");
  post.fields.emplace_back("x-csrf-token", bert.csrf);
  EXPECT_EQ(Who(post), "403");
  post.fields.back().second = anna.csrf;
  EXPECT_EQ(Who(post), "anna reader");
}

TEST_F(AccessTest, ViewsAndChangesAreWrittenDown) {
  const Identity anna{"anna", Role::kReader, true, "x"};
  for (int i = 0; i < 3; ++i) access().RecordAccess(anna, Request({}), "1.2.3", "P1");
  access().RecordAccess(anna, Request({}), "1.2.4", "P2");
  access().RecordAccess(anna, Request({}), "1.2.3", "P1", AccessAction::kChange, "category c");
  access().RecordAccess(anna, Request({}), "1.2.3", "P1", AccessAction::kChange, "category c");
  const auto all = stores().Mine().audit().After(0, 100);
  ASSERT_EQ(all.size(), 4u) << "views within a minute are one event, changes are not";
  EXPECT_EQ(all[0].event, "110103");
  EXPECT_THAT(all[0].message, HasSubstr("EventActionCode=\"R\""));
  EXPECT_THAT(all[0].message, HasSubstr("UserID=\"anna\" UserIsRequestor=\"true\" "
                                        "NetworkAccessPointID=\"127.0.0.1\""));
  EXPECT_THAT(all[0].message, HasSubstr("ParticipantObjectID=\"1.2.3\""));
  EXPECT_THAT(all[0].message, HasSubstr("ParticipantObjectID=\"P1\""));
  EXPECT_THAT(all[2].message, HasSubstr("EventActionCode=\"U\""));
  EXPECT_THAT(all[2].message, HasSubstr("category c"));
}

TEST_F(AccessTest, AuditsExamAccess) {
  ReceivedObject image = testing_support::SampleImage("1.2.3.1", "1.2.3");
  image.patient_id = "P1";
  stores().Mine().objects().Add(image, {});
  const std::int64_t exam = stores().Mine().exams().FindStudy("1.2.3").value().id;
  const std::string path = "/api/v1/exams/" + std::to_string(exam);
  const auto ask = [&](const std::string& method, const std::string& at) {
    HttpRequest request = Request({}, method);
    request.path = at;
    access().Guard(Role::kViewer)(request);
  };
  ask("GET", path);
  ask("GET", path + "/pictures/a.jpg");
  ask("GET", "/api/v1/%65xams/" + std::to_string(exam));
  ask("GET", "/api/v1/exams/999");
  ask("GET", "/api/v1/exams/x");
  ask("GET", "/api/v1/exams");
  ask("POST", path + "/retry");
  const auto all = stores().Mine().audit().After(0, 100);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_THAT(all[0].message, HasSubstr("EventActionCode=\"R\""));
  EXPECT_THAT(all[0].message, HasSubstr("ParticipantObjectID=\"1.2.3\""));
  EXPECT_THAT(all[0].message, HasSubstr("ParticipantObjectID=\"P1\""));
  EXPECT_THAT(all[1].message, HasSubstr("POST retry"));
}

TEST_F(AccessTest, LeavesCorrectionsAndSmallPicturesToOthers) {
  stores().Mine().objects().Add(testing_support::SampleImage("1.2.3.1", "1.2.3"), {});
  const std::int64_t exam = stores().Mine().exams().FindStudy("1.2.3").value().id;
  for (const auto& [method, what] :
       {std::pair("GET", "/pictures/a-small.jpg"), std::pair("POST", "/corrections")}) {
    HttpRequest request = Request({}, method);
    request.path = "/api/v1/exams/" + std::to_string(exam) + what;
    access().Guard(Role::kViewer)(request);
  }
  EXPECT_TRUE(stores().Mine().audit().After(0, 100).empty());
}

TEST_F(AccessTest, DetectsRevokedPermission) {
  config_.web.access.mode = WebAccess::kAccounts;
  StoreTime now{std::chrono::hours(400'000)};
  config_.store.clock = [&now] { return now; };
  const StartedSession session = LogIn("anna", Role::kViewer);
  const HttpRequest cookie = Request({{"cookie", "mhcnn=" + session.value}});
  const HttpRequest token = Bearer(accounts().CreateToken("report", Role::kViewer));
  EXPECT_TRUE(access().IsStillPermitted(cookie, Role::kViewer));
  EXPECT_FALSE(access().IsStillPermitted(cookie, Role::kReader));
  EXPECT_TRUE(access().IsStillPermitted(token, Role::kViewer));
  accounts().RevokeToken("report");
  EXPECT_FALSE(access().IsStillPermitted(token, Role::kViewer));
  // The question is not a use of the session: it ends after the idle time.
  for (int minute = 0; minute < 29; ++minute) {
    now += std::chrono::minutes(1);
    EXPECT_TRUE(access().IsStillPermitted(cookie, Role::kViewer)) << minute;
  }
  now += std::chrono::minutes(2);
  EXPECT_FALSE(access().IsStillPermitted(cookie, Role::kViewer));
  const StartedSession other = LogIn("berta", Role::kViewer);
  const HttpRequest again = Request({{"cookie", "mhcnn=" + other.value}});
  EXPECT_TRUE(access().IsStillPermitted(again, Role::kViewer));
  accounts().SetDisabled("berta", true);
  EXPECT_FALSE(access().IsStillPermitted(again, Role::kViewer));
  EXPECT_THAT(Trail(), Not(HasSubstr("110113"))) << "a question is no refusal";
}

}  // namespace
}  // namespace mhcnn
