#include "mhcnn/jobs/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::JobStoreTest;
using testing_support::SampleImage;

class SchemaTest : public JobStoreTest {};
MHCNN_ON_BOTH_DATABASES(SchemaTest);

TEST_P(SchemaTest, OlderSchemaIsBroughtForwardWithItsRows) {
  {
    Database db(Options());
    EXPECT_EQ(SchemaVersion(db), 0);
    Migrate(db, {Migrations().front()});
    EXPECT_EQ(SchemaVersion(db), 1);
    EXPECT_FALSE(db.HasTable("exam_events"));
    db.Write([&] {
      db.Execute(
          "INSERT INTO exams (study_uid, patient_id, issuer, study_date, state, revision, "
          "first_received, last_received, changed, images, incomplete, reason, summary, "
          "measured, opened, closes, closes_by_limit) VALUES ('old', 'P', '', '', 3, 1, 0, "
          "0, 0, 4, 0, '', '{}', 1, 0, NULL, 0)");
    });
  }
  EXPECT_EQ(store().exams().FindStudy("old")->images, 4);
  EXPECT_TRUE(store().exams().History(store().exams().FindStudy("old")->id).empty());
  Database db(Options());
  EXPECT_EQ(SchemaVersion(db), Migrations().back().version);
  EXPECT_EQ(Add(SampleImage("1.1", "1")).kind, Receipt::Kind::kNew);
}

TEST_P(SchemaTest, NewerSchemaIsRefusedAndLeftAlone) {
  std::vector<Migration> newer = Migrations();
  const int version = newer.back().version + 1;
  newer.push_back({version, {"CREATE TABLE of_the_future (id {id})"}, {}, {}});
  Database db(Options());
  Migrate(db, newer);
  EXPECT_THAT(ErrorMessage([&] { JobStore store(Options()); }, ErrorCode::kUnsupported),
              HasSubstr(std::to_string(version)));
  EXPECT_EQ(SchemaVersion(db), version);
}

TEST_P(SchemaTest, FailedStepLeavesTheVersionBefore) {
  Database db(Options());
  Migrate(db, {Migrations().front()});
  const std::vector<Migration> broken = {Migrations().front(),
                                         {2, {"CREATE TABLE half (id {id})", "nonsense"}, {}, {}}};
  ErrorMessage([&] { Migrate(db, broken); }, ErrorCode::kIo);
  EXPECT_EQ(SchemaVersion(db), 1);
  EXPECT_FALSE(db.HasTable("half"));
}

TEST_P(SchemaTest, ConcurrentOpenCreatesSchemaOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) threads.emplace_back([&] { JobStore(Options()).Ping(); });
  for (std::thread& thread : threads) thread.join();
  Database db(Options());
  EXPECT_EQ(db.Query("SELECT version FROM schema_version ORDER BY version").size(),
            Migrations().size());
}

TEST_P(SchemaTest, ReadOnlyOpenDoesNotCreateSchema) {
  Database db(Options());
  JobStoreOptions options = Options();
  options.create = false;
  EXPECT_THAT(ErrorMessage([&] { JobStore store(options); }, ErrorCode::kNotFound),
              HasSubstr("no job store"));
  EXPECT_FALSE(db.HasTable("exams"));
}

TEST(Migrations, CountFromOneWithoutGaps) {
  int version = 0;
  for (const Migration& migration : Migrations()) EXPECT_EQ(migration.version, ++version);
}

}  // namespace
}  // namespace mhcnn
