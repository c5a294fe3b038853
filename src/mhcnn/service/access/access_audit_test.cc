#include "mhcnn/service/access/access_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class AccessAuditTest : public ::testing::Test {
 protected:
  AccessAuditTest() { config_.store.url = "sqlite:" + (folder_ / "node.db").string(); }
  std::vector<AuditRecord> Events() { return stores_.Mine().audit().After(0, 10'000); }

  testing_support::ScratchFolder folder_;
  ServiceConfig config_;
  ThreadStores stores_{{"sqlite:" + (folder_ / "node.db").string(), {}, {}, true}};
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1'000)};
  AccessAudit audit_{config_, stores_, [this] { return now_; }};
  HttpRequest request_;
};

TEST_F(AccessAuditTest, LoginsAreWrittenDownWithTheirOutcome) {
  audit_.Login("anna", "192.0.2.1", "");
  audit_.Login("anna", "192.0.2.1", "the name or the password is wrong");
  audit_.Logout("anna", "192.0.2.1");
  const auto events = Events();
  ASSERT_EQ(events.size(), 3u);
  for (const AuditRecord& event : events) {
    EXPECT_EQ(event.event, "110114");
    EXPECT_THAT(event.message, HasSubstr("UserID=\"anna\""));
    EXPECT_THAT(event.message, HasSubstr("NetworkAccessPointID=\"192.0.2.1\""));
  }
  EXPECT_EQ(events[0].outcome, "0");
  EXPECT_THAT(events[0].message, HasSubstr("\"110122\""));
  EXPECT_EQ(events[1].outcome, "4");
  EXPECT_THAT(events[2].message, HasSubstr("\"110123\""));
}

TEST_F(AccessAuditTest, AFloodDoesNotFillTheTrail) {
  for (int i = 0; i < 1'000; ++i) audit_.RefusedPeer(request_, "192.0.2.1", "no token");
  EXPECT_EQ(Events().size(), 1u);
  now_ += seconds(10);
  audit_.RefusedPeer(request_, "192.0.2.1", "no token");
  ASSERT_EQ(Events().size(), 2u);
  EXPECT_THAT(Events()[1].message, HasSubstr("999 events of this kind before it"));
  for (int i = 0; i < 1'000; ++i) audit_.Login("anna", "192.0.2.1", "wrong");
  EXPECT_EQ(Events().size(), 52u);
  for (int i = 0; i < 60; ++i) audit_.Login("anna", "192.0.2.1", "");
  EXPECT_EQ(Events().size(), 112u) << "each success";
}

TEST_F(AccessAuditTest, AViewIsWrittenOnceAMinute) {
  const Identity anna{"anna", Role::kReader, false, ""}, bert{"bert", Role::kReader, false, ""};
  const auto view = [&](const Identity& who, const char* study) {
    audit_.Accessed(who, "192.0.2.1", study, "P", AccessAction::kRead, "");
  };
  view(anna, "1.2");
  view(anna, "1.2");
  view(bert, "1.2");
  view(anna, "1.3");
  EXPECT_EQ(Events().size(), 3u);
  now_ += seconds(60);
  view(anna, "1.2");
  EXPECT_EQ(Events().size(), 4u);
}

TEST_F(AccessAuditTest, IsSilentWhereAuditIsOff) {
  config_.audit.enabled = false;
  audit_.Login("anna", "192.0.2.1", "");
  audit_.Logout("anna", "192.0.2.1");
  EXPECT_TRUE(Events().empty());
}

}  // namespace
}  // namespace mhcnn
