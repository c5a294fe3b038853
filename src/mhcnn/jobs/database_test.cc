#include "mhcnn/jobs/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ErrorMessage;
using testing_support::JobStoreTest;

class DatabaseTest : public JobStoreTest {};
MHCNN_ON_BOTH_DATABASES(DatabaseTest);

TEST_P(DatabaseTest, ReturnsWhatWasWritten) {
  Database db(Options());
  const std::string odd = "a'b\"c\\ :p1 % \xe6\x97\xa5\n\t\xf0\x9f\x98\x80";
  db.Write([&] {
    db.Execute("CREATE TABLE t (a BIGINT, b TEXT)");
    EXPECT_EQ(db.Execute("INSERT INTO t (a, b) VALUES (?, ?)", {std::int64_t{1} << 60, odd}), 1);
    EXPECT_EQ(db.Execute("INSERT INTO t (a, b) VALUES (?, ?)", {SqlValue(), SqlValue()}), 1);
    EXPECT_EQ(db.Execute("INSERT INTO t (a, b) VALUES (-7, '')"), 1);
  });
  const auto rows =
      db.Read([&] { return db.Query("SELECT a, b, a IS NULL FROM t ORDER BY coalesce(a, 0)"); });
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].Number(0), -7);
  EXPECT_FALSE(rows[0].IsNull(1));
  EXPECT_TRUE(rows[1].IsNull(0));
  EXPECT_TRUE(rows[1].IsNull(1));
  EXPECT_EQ(rows[2].Number(0), std::int64_t{1} << 60);
  EXPECT_EQ(rows[2].Text(1), odd);
  EXPECT_TRUE(db.HasTable("t"));
  EXPECT_FALSE(db.HasTable("u"));
}

TEST_P(DatabaseTest, FailedFunctionChangesNothing) {
  Database db(Options());
  db.Write([&] { db.Execute("CREATE TABLE t (a BIGINT)"); });
  EXPECT_THROW(db.Write([&] {
    db.Execute("INSERT INTO t (a) VALUES (1)");
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(db.Read([&] { return db.Query("SELECT count(*) FROM t").at(0).Number(0); }), 0);
  const std::string message = ErrorMessage(
      [&] { db.Write([&] { db.Execute("INSERT INTO t (b) VALUES (?)", {"a name"}); }); },
      ErrorCode::kIo);
  EXPECT_THAT(message, Not(HasSubstr("a name")));
  ErrorMessage([&] { db.Write([&] { db.Write([] {}); }); }, ErrorCode::kInternal);
}

TEST_P(DatabaseTest, ConcurrentCountersLoseNothing) {
  Database(Options()).Execute("CREATE TABLE t (a BIGINT)");
  Database(Options()).Execute("INSERT INTO t (a) VALUES (0)");
  constexpr int kThreads = 4, kTimes = 25;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      Database db(Options());
      for (int n = 0; n < kTimes; ++n) {
        db.Write([&] {
          const auto a = db.Query("SELECT a FROM t" + db.Lock("t")).at(0).Number(0);
          db.Execute("UPDATE t SET a = ?", {a + 1});
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Database(Options()).Query("SELECT a FROM t").at(0).Number(0), kThreads * kTimes);
}

TEST_P(DatabaseTest, DeadlockIsResolvedByRepeating) {
  if (GetParam() == DatabaseKind::kSqlite) GTEST_SKIP() << "writers of SQLite are alone";
  Database(Options()).Execute("CREATE TABLE t (id BIGINT, a BIGINT)");
  Database(Options()).Execute("INSERT INTO t (id, a) VALUES (1, 0), (2, 0)");
  std::atomic<int> first = 0, runs = 0;
  const auto run = [&](std::int64_t one, std::int64_t other) {
    Database db(Options());
    db.Write([&] {
      ++runs;
      db.Execute("UPDATE t SET a = a + 1 WHERE id = ?", {one});
      ++first;
      while (first < 2) std::this_thread::yield();
      db.Execute("UPDATE t SET a = a + 1 WHERE id = ?", {other});
    });
  };
  std::thread a([&] { run(1, 2); }), b([&] { run(2, 1); });
  a.join();
  b.join();
  EXPECT_GT(runs, 2) << "there was no deadlock";
  EXPECT_EQ(Database(Options()).Query("SELECT sum(a) FROM t").at(0).Text(0), "4");
}

TEST_P(DatabaseTest, ClockIsTheStoresAndConstantInTransaction) {
  Database hand(Options());
  EXPECT_EQ(hand.Now(), clock_.Now());
  Database own(Options(false));
  const auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  EXPECT_LT(std::chrono::abs(own.Now() - now), std::chrono::seconds(5));
  own.Write([&] {
    const StoreTime first = own.Now();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(own.Now(), first);
  });
}

TEST_P(DatabaseTest, NamedLockIsHeldUntilTheEnd) {
  Database one(Options()), other(Options());
  std::atomic<bool> ended = false;
  std::thread thread;
  one.Write([&] {
    one.LockName("a");
    thread = std::thread([&] {
      other.Write([&] {
        other.LockName("a");
        EXPECT_TRUE(ended);
      });
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ended = true;
  });
  thread.join();
}

TEST(Database, SqliteFileIsThereForItsOwnerAlone) {
  const testing_support::ScratchFolder folder;
  JobStoreOptions options;
  options.url = "sqlite:" + (folder / "a b=c.db").string();
  options.create = false;
  EXPECT_THAT(ErrorMessage([&] { Database db(options); }, ErrorCode::kNotFound),
              HasSubstr("a b=c.db"));
  EXPECT_FALSE(std::filesystem::exists(folder / "a b=c.db"));
  options.create = true;
  Database db(options);
  db.Write([&] { db.Execute("CREATE TABLE t (a BIGINT)"); });
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    struct stat status {};
    ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << file.path();
  }
  EXPECT_EQ(db.Query("PRAGMA synchronous").size(), 1u);
  options.url = "sqlite:" + (folder / "none" / "node.db").string();
  ErrorMessage([&] { Database other(options); }, ErrorCode::kIo);
}

TEST(Database, FileThatIsNoDatabaseIsRefused) {
  const testing_support::ScratchFolder folder;
  std::ofstream(folder / "node.db") << std::string(8192, 'x');
  JobStoreOptions options;
  options.url = "sqlite:" + (folder / "node.db").string();
  EXPECT_THAT(ErrorMessage([&] { JobStore store(options); }, ErrorCode::kIo), HasSubstr("node.db"));
}

TEST(Database, MessageOfFailedConnectionHasNoPassword) {
  const testing_support::ScratchFolder folder;
  JobStoreOptions options;
  options.url = "postgresql://node@127.0.0.1:1/jobs";
  options.password = "secret word";
  const std::string message = ErrorMessage([&] { Database db(options); }, ErrorCode::kIo);
  EXPECT_THAT(message, HasSubstr("127.0.0.1"));
  EXPECT_THAT(message, Not(HasSubstr("secret")));
}

TEST(CountColumns, CountsWhatStatementReturns) {
  EXPECT_EQ(CountColumns("SELECT a, coalesce(b, 0), (SELECT x, y FROM z) FROM t"), 3u);
  EXPECT_EQ(CountColumns("SELECT CAST(extract(epoch FROM now()) AS bigint)"), 1u);
  EXPECT_EQ(CountColumns("INSERT INTO t (a, b) VALUES (?, ?) RETURNING id, a"), 2u);
  EXPECT_EQ(CountColumns("INSERT INTO t (a, b) SELECT a, b FROM u"), 0u);
  EXPECT_EQ(CountColumns("UPDATE t SET a = (SELECT max(b) FROM u)"), 0u);
}

TEST(ToStoredText, IsUtf8WithoutZeroBytes) {
  EXPECT_EQ(ToStoredText(std::string_view("a\0b\0", 4)), "ab");
  EXPECT_EQ(ToStoredText("\xe9t\xe9"), "\xc3\xa9t\xc3\xa9");
  EXPECT_EQ(ToStoredText("\xc3\xa9\n"), "\xc3\xa9\n");
}

TEST(Database, ASecondConnectionLeavesTheLocksOfTheFirst) {
  const testing_support::ScratchFolder folder;
  const std::string file = (folder / "node.db").string();
  JobStoreOptions options;
  options.url = "sqlite:" + file;
  Database first(options);
  first.Execute("CREATE TABLE t (x BIGINT)");
  const Database second(options);
  // Another process that ends removes the log where it sees no lock, and what is committed after
  // that is lost.
  const std::string other = "sqlite3 '" + file + "' 'SELECT count(*) FROM t' > /dev/null 2>&1";
  if (std::system(other.c_str()) != 0) GTEST_SKIP() << "sqlite3 is not installed";
  EXPECT_TRUE(std::filesystem::exists(file + "-wal"));
  first.Execute("INSERT INTO t (x) VALUES (1)");
  Database third(options);
  EXPECT_EQ(third.Query("SELECT count(*) FROM t").at(0).Int(0), 1);
}

}  // namespace
}  // namespace mhcnn
