#include "mhcnn/jobs/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/jobs/secret.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::JobStoreTest;

const std::string kPassword = "correct violet kettle 7", kOther = "other yellow bottle 9";

class AccountsTest : public JobStoreTest {
 protected:
  Accounts& accounts() { return store().accounts(); }
  StartedSession LogIn(const std::string& name = "anna") {
    const auto user = accounts().CheckLogin(name, kPassword);
    EXPECT_TRUE(user);
    return accounts().BeginSession(*user, limits_).value();
  }
  bool Lives(const StartedSession& session) {
    return accounts().FindSession(session.value, limits_).has_value();
  }
  /// All that the tables of people hold, as one text.
  std::string Kept() {
    Database db(Options());
    std::string all;
    for (const char* columns :
         {"name, password FROM users", "digest, csrf FROM sessions", "name, digest FROM tokens"}) {
      for (const SqlRow& row : db.Query(std::string("SELECT ") + columns))
        all += row.Text(0) + "|" + row.Text(1) + "\n";
    }
    return all;
  }

  SessionLimits limits_;
};
MHCNN_ON_BOTH_DATABASES(AccountsTest);

TEST_P(AccountsTest, AcceptsCorrectPassword) {
  accounts().AddUser("anna", kPassword, Role::kReader);
  const auto user = accounts().CheckLogin("anna", kPassword);
  ASSERT_TRUE(user);
  EXPECT_EQ(user->name, "anna");
  EXPECT_EQ(user->role, Role::kReader);
  EXPECT_EQ(user->made, clock_.Now());
  for (const auto& [name, password] : {std::pair<std::string, std::string>{"anna", kOther},
                                       {"anna", ""},
                                       {"Anna", kPassword},
                                       {"bert", kPassword},
                                       {"", ""},
                                       {"anna' OR '1'='1", kPassword}}) {
    EXPECT_FALSE(accounts().CheckLogin(name, password)) << name;
  }
}

TEST_P(AccountsTest, RefuseWrongAccounts) {
  accounts().AddUser("anna", kPassword, Role::kReader);
  const auto refused = [&](const std::string& name, const std::string& password) {
    return ErrorMessage([&] { accounts().AddUser(name, password, Role::kViewer); },
                        ErrorCode::kUsage);
  };
  EXPECT_THAT(refused("anna", kOther), HasSubstr("already in use"));
  EXPECT_THAT(refused("bert", "short"), HasSubstr("12 characters"));
  const std::vector<std::string> names = {"", " bert", "a\nb", std::string(65, 'b')};
  for (const std::string& name : names)
    EXPECT_THAT(refused(name, kOther), HasSubstr("printable")) << name;
  EXPECT_THAT(ErrorMessage([&] { accounts().SetRole("nobody", Role::kViewer); }, ErrorCode::kUsage),
              HasSubstr("mhcnn users list"));
  EXPECT_EQ(accounts().Users().size(), 1u);
}

TEST_P(AccountsTest, StoresOnlyDigests) {
  accounts().AddUser("anna", kPassword, Role::kReader);
  const StartedSession session = LogIn();
  const std::string token = accounts().CreateToken("scanner", Role::kSender);
  const std::string kept = Kept();
  EXPECT_EQ(kept.find(kPassword), std::string::npos);
  EXPECT_EQ(kept.find(session.value), std::string::npos);
  EXPECT_EQ(kept.find(token), std::string::npos);
  EXPECT_EQ(kept.find(token.substr(kTokenPrefix.size())), std::string::npos);
  EXPECT_THAT(kept, HasSubstr("$argon2id$"));
  EXPECT_THAT(kept, HasSubstr(SecretDigest(session.value)));
}

TEST_P(AccountsTest, SessionEndsAtItsLimitAndWhenIdle) {
  accounts().AddUser("anna", kPassword, Role::kReader);
  const StartedSession left = LogIn(), used = LogIn();
  EXPECT_NE(left.value, used.value);
  EXPECT_NE(left.csrf, used.csrf);
  const auto found = accounts().FindSession(used.value, limits_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user.name, "anna");
  EXPECT_EQ(found->csrf, used.csrf);
  EXPECT_FALSE(accounts().FindSession("", limits_));
  EXPECT_FALSE(accounts().FindSession(SecretDigest(used.value), limits_)) << "what is kept";
  clock_.Advance(minutes(29));
  EXPECT_TRUE(Lives(used));
  clock_.Advance(minutes(2));
  EXPECT_FALSE(Lives(left)) << "31 minutes without a request";
  for (int i = 0; i < 24; ++i) {  // 31 minutes + 24 * 28.7 minutes < 12 hours
    EXPECT_TRUE(Lives(used)) << i;
    clock_.Advance(std::chrono::seconds(1'722));
  }
  EXPECT_TRUE(Lives(used));
  clock_.Advance(minutes(2));
  EXPECT_FALSE(Lives(used)) << "12 hours after the login";
}

TEST_P(AccountsTest, SessionEndsAtLogoutAndAtEachChangeOfTheAccount) {
  accounts().AddUser("anna", kPassword, Role::kReader);
  accounts().AddUser("bert", kPassword, Role::kViewer);
  const StartedSession others = LogIn("bert");
  const StartedSession ended = LogIn(), second = LogIn();
  accounts().EndSession(ended.value);
  EXPECT_FALSE(Lives(ended));
  EXPECT_TRUE(Lives(second));
  accounts().SetRole("anna", Role::kAdministrator);
  EXPECT_FALSE(Lives(second));
  const StartedSession third = LogIn();
  accounts().SetDisabled("anna", true);
  EXPECT_FALSE(Lives(third));
  EXPECT_FALSE(accounts().CheckLogin("anna", kPassword));
  accounts().SetDisabled("anna", false);
  EXPECT_FALSE(Lives(third)) << "it does not come back";
  const StartedSession fourth = LogIn();
  accounts().SetPassword("anna", kOther);
  EXPECT_FALSE(Lives(fourth));
  EXPECT_FALSE(accounts().CheckLogin("anna", kPassword));
  EXPECT_EQ(accounts().CheckLogin("anna", kOther)->role, Role::kAdministrator);
  EXPECT_TRUE(Lives(others));
}

TEST_P(AccountsTest, ConcurrentPasswordChangeInvalidatesLogin) {
  accounts().AddUser("anna", kPassword, Role::kReader);
  const User user = accounts().CheckLogin("anna", kPassword).value();
  accounts().SetPassword("anna", kOther);  // in the same millisecond of the clock
  EXPECT_FALSE(accounts().BeginSession(user, limits_));
}

TEST_P(AccountsTest, SessionsOfAUserAreBounded) {
  accounts().AddUser("anna", kPassword, Role::kReader);
  const User user = accounts().CheckLogin("anna", kPassword).value();
  limits_.max_per_user = 3;
  std::vector<StartedSession> sessions;
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(milliseconds(1));
    sessions.push_back(accounts().BeginSession(user, limits_).value());
  }
  for (std::size_t i = 0; i < sessions.size(); ++i) EXPECT_EQ(Lives(sessions[i]), i >= 2) << i;
  clock_.Advance(hours(13));
  accounts().BeginSession(user, limits_);
  Database db(Options());
  EXPECT_EQ(db.Query("SELECT count(*) FROM sessions").at(0).Int(0), 1) << "ended ones are removed";
}

TEST_P(AccountsTest, TokenWorksUntilItsEndOrRevocation) {
  const std::string forever = accounts().CreateToken("scanner", Role::kSender);
  const std::string short_lived =
      accounts().CreateToken("report", Role::kViewer, clock_.Now() + hours(1));
  EXPECT_THAT(forever, ::testing::StartsWith("mhcnn_"));
  EXPECT_EQ(accounts().FindToken(forever)->name, "scanner");
  EXPECT_EQ(accounts().FindToken(short_lived)->role, Role::kViewer);
  for (const std::string& wrong : {std::string(), forever + "x", SecretDigest(forever)})
    EXPECT_FALSE(accounts().FindToken(wrong));
  clock_.Advance(hours(1));
  EXPECT_FALSE(accounts().FindToken(short_lived));
  accounts().RevokeToken("scanner");
  EXPECT_FALSE(accounts().FindToken(forever));
  EXPECT_THAT(ErrorMessage([&] { accounts().RevokeToken("scanner"); }, ErrorCode::kUsage),
              HasSubstr("not in use"));
  EXPECT_THAT(
      ErrorMessage([&] { accounts().CreateToken("scanner", Role::kSender); }, ErrorCode::kUsage),
      HasSubstr("already in use"));
  EXPECT_THAT(ErrorMessage([&] { accounts().CreateToken("late", Role::kSender, clock_.Now()); },
                           ErrorCode::kUsage),
              HasSubstr("passed"));
  const auto tokens = accounts().Tokens();
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(tokens[0].revoked, clock_.Now());
  EXPECT_EQ(tokens[1].ends, clock_.Now());
}

}  // namespace
}  // namespace mhcnn
