#include "mhcnn/jobs/audit_trail.h"

#include <gtest/gtest.h>

#include <thread>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using testing_support::JobStoreTest;

class AuditTrailTest : public JobStoreTest {
 protected:
  AuditRecord Record(const std::string& message) {
    AuditRecord record;
    record.event = "110104";
    record.outcome = "0";
    record.message = message;
    return record;
  }
};
MHCNN_ON_BOTH_DATABASES(AuditTrailTest);

TEST_P(AuditTrailTest, KeepsEventsInOrder) {
  const std::string message = "<AuditMessage name=\"\xc3\xa9\">\n</AuditMessage>";
  store().audit().Append(Record(message));
  clock_.Advance(milliseconds(5));
  store().audit().Append(Record("two"));
  store().audit().Append(Record("three"));
  const auto all = store().audit().After(0, 100);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].message, message);
  EXPECT_EQ(all[0].event, "110104");
  EXPECT_EQ(all[0].outcome, "0");
  EXPECT_EQ(all[1].at, clock_.Now());
  EXPECT_LT(all[0].at, all[1].at);
  const auto rest = store().audit().After(all[0].id, 1);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].message, "two");
}

TEST_P(AuditTrailTest, EventIsNeverChanged) {
  store().audit().Append(Record("one"));
  Database db(Options());
  try {
    db.Write([&] { db.Execute("UPDATE audit_events SET message = 'forged'"); });
  } catch (const Error&) {  // SQLite says no, PostgreSQL does nothing
  }
  EXPECT_EQ(store().audit().After(0, 1).at(0).message, "one");
}

TEST_P(AuditTrailTest, PurgesOldEventsThatAllExportersHave) {
  for (int i = 0; i < 4; ++i) store().audit().Append(Record(std::to_string(i)));
  const auto all = store().audit().After(0, 10);
  EXPECT_EQ(store().audit().Exported("syslog"), 0);
  store().audit().SetExported("syslog", all[2].id);
  store().audit().SetExported("file", all[3].id);
  store().audit().SetExported("file", all[1].id);
  EXPECT_EQ(store().audit().Exported("file"), all[1].id);
  EXPECT_EQ(store().audit().Purge(clock_.Now()), 0) << "not older";
  EXPECT_EQ(store().audit().Purge(clock_.Now() + milliseconds(1)), 2);
  EXPECT_EQ(store().audit().After(0, 10).at(0).message, "2");
}

TEST_P(AuditTrailTest, ExporterReceivesEveryEvent) {
  constexpr int kWriters = 3, kEvents = 20;
  store().Ping();
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      JobStore own(Options());
      for (int n = 0; n < kEvents; ++n) own.audit().Append(Record("x"));
    });
  }
  std::int64_t last = 0;
  int seen = 0;
  for (int i = 0; i < 100'000 && seen < kWriters * kEvents; ++i) {
    for (const AuditRecord& record : store().audit().After(last, 7)) {
      EXPECT_GT(record.id, last);
      last = record.id;
      ++seen;
    }
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(seen, kWriters * kEvents);
}

}  // namespace
}  // namespace mhcnn
