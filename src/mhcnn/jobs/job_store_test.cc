#include "mhcnn/jobs/job_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "mhcnn/base/random.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using testing_support::ErrorMessage;
using testing_support::JobStoreTest;
using testing_support::PostgresServer;
using testing_support::SampleImage;
using testing_support::SampleResult;

class JobStoreTests : public JobStoreTest {
 protected:
  /// Runs a function in a process of its own.
  template <typename F>
  pid_t Fork(F f) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::alarm(120);
    try {
      f();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "child: %s\n", e.what());
      ::_exit(1);
    }
    ::_exit(0);
  }
  static bool EndsWell(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
};
MHCNN_ON_BOTH_DATABASES(JobStoreTests);

TEST_P(JobStoreTests, WhatWasWrittenIsThereForTheNextProcess) {
  Add(SampleImage("1.1", "1"));
  JobStoreOptions options = Options();
  options.create = false;
  JobStore other(options);
  other.Ping();
  EXPECT_EQ(other.objects().Find("1.1")->study_uid, "1");
  EXPECT_EQ(other.Now(), clock_.Now());
}

/// What several stores did, as far as a model without a database knows it.
struct Model {
  std::mutex mutex;
  std::map<std::string, ReceivedObject> acknowledged;  // SOP Instance UID -> the last one
  std::map<std::int64_t, int> finished;                // job -> how often Finish() said yes
  std::map<std::pair<std::int64_t, int>, int> finished_revisions;
  std::set<std::int64_t> retried;                             // exams
  std::map<std::pair<std::string, std::string>, int> stored;  // UID and destination
};

std::string Content(const std::vector<ReceivedObject>& images) {
  std::vector<std::string> digests;
  for (const ReceivedObject& image : images) digests.push_back(image.image_digest);
  std::sort(digests.begin(), digests.end());
  std::string all;
  for (const std::string& digest : digests) all += digest;
  return Sha256Hex(all);
}

/// One process of a node that does anything at any time, and sometimes dies with what it holds.
class Actor {
 public:
  Actor(const JobStoreOptions& options, Model& model, testing_support::HandClock clock, int number)
      : store_(options), model_(model), clock_(clock), random_(7, number), number_(number) {}

  void Act() {
    switch (random_.Integer(9)) {
      case 0:
      case 1:
      case 2:
        return Receive();
      case 3:
        clock_.Advance(milliseconds(random_.Integer(40'000)));
        store_.exams().CloseComplete();
        return;
      case 4:
      case 5:
        Work();
        return;
      case 6:
      case 7:
        Deliver();
        return;
      default:
        return Interfere();
    }
  }
  void Receive() {
    // The objects are this actor's alone, so that it knows which was the last; the studies are not.
    const std::string sop =
        "1." + std::to_string(number_) + "." + std::to_string(random_.Integer(8));
    const std::string study = std::to_string(random_.Integer(5));
    const ReceivedObject image = SampleImage(sop, study, "", std::to_string(random_.Integer(3)));
    store_.objects().Add(image, {});
    const std::lock_guard lock(model_.mutex);
    model_.acknowledged[sop] = image;
  }
  bool Work() {
    const auto job = store_.work().Claim("worker" + std::to_string(number_), rules_);
    if (!job) return false;
    if (random_.Chance(0.2)) return true;  // dies
    if (random_.Chance(0.1)) {
      store_.work().Fail(*job, "odd", random_.Chance(0.3), rules_);
      return true;
    }
    const std::string content = Content(job->images) + "." + std::to_string(job->exam.id);
    const bool mine = store_.work().Finish(
        *job, "\"" + Content(job->images) + "\"", false,
        {SampleResult("seg", content, {"PACS"}), SampleResult("sr", content, {"PACS", "Archive"})});
    if (mine) {
      const std::lock_guard lock(model_.mutex);
      ++model_.finished[job->id];
      ++model_.finished_revisions[{job->exam.id, job->revision}];
    }
    return true;
  }
  bool Deliver() {
    const std::string destination = random_.Chance(0.5) ? "PACS" : "Archive";
    const auto batch =
        store_.deliveries().Claim(destination, "sender" + std::to_string(number_), {});
    for (const Delivery& delivery : batch) {
      if (random_.Chance(0.1)) return true;  // dies
      if (random_.Chance(0.1)) {
        store_.deliveries().Failed(delivery, "away", random_.Chance(0.3), {});
      } else if (store_.deliveries().Stored(delivery)) {
        const std::lock_guard lock(model_.mutex);
        ++model_.stored[{delivery.sop_uid, destination}];
      }
    }
    return !batch.empty();
  }
  void Interfere() {
    const auto exams = store_.exams().List({});
    if (exams.empty()) return;
    const Exam exam = exams[random_.Integer(static_cast<std::uint32_t>(exams.size()))];
    try {
      if (random_.Chance(0.3)) {
        store_.exams().Cancel(exam.id, "a person");
      } else {
        store_.exams().Retry(exam.id);
        const std::lock_guard lock(model_.mutex);
        model_.retried.insert(exam.id);
      }
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kUsage) << e.what();
    }
  }
  JobStore& store() { return store_; }

 private:
  JobStore store_;
  Model& model_;
  testing_support::HandClock clock_;
  RandomStream random_;
  WorkRules rules_;
  int number_;
};

TEST_P(JobStoreTests, AnySequenceOfOperationsLosesNothingAndDoesNothingTwice) {
  constexpr int kActors = 3, kActs = 150;
  Model model;
  store().Ping();
  std::vector<std::thread> threads;
  std::mutex problems_mutex;
  std::vector<std::string> problems;
  for (int i = 0; i < kActors; ++i) {
    threads.emplace_back([&, i] {
      try {
        Actor actor(Options(), model, clock_, i);
        for (int n = 0; n < kActs; ++n) actor.Act();
      } catch (const std::exception& e) {
        const std::lock_guard lock(problems_mutex);
        problems.push_back(e.what());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_THAT(problems, ::testing::IsEmpty());

  // Everything comes to its end, whatever died before.
  Actor last(Options(), model, clock_, kActors);
  for (int round = 0;; ++round) {
    ASSERT_LT(round, 500);
    clock_.Advance(std::chrono::hours(1));
    store().exams().CloseComplete();
    while (last.Work()) {
    }
    for (int i = 0; i < 4; ++i) last.Deliver();
    store().deliveries().RetryDead(0);
    bool ended = true;
    for (const Exam& exam : store().exams().List({})) {
      if (exam.state == ExamState::kDead || (exam.state == ExamState::kCancelled && exam.images)) {
        store().exams().Retry(exam.id);
        model.retried.insert(exam.id);
      }
      const bool done = exam.state == ExamState::kDone ||
                        (exam.state == ExamState::kCancelled && exam.images == 0);
      ended = ended && done;
      for (const Delivery& delivery : store().deliveries().ListForExam(exam.id)) {
        ended = ended && (delivery.state == DeliveryState::kStored ||
                          delivery.state == DeliveryState::kSuperseded);
      }
    }
    if (ended) break;
  }

  // No acknowledged object is lost: the last of each UID is among the images of its study.
  std::map<std::string, std::set<std::string>> expected;  // study -> digests
  for (const auto& [sop, image] : model.acknowledged)
    expected[image.study_uid].insert(image.digest);
  int exams = 0;
  for (const Exam& exam : store().exams().List({})) {
    std::set<std::string> digests;
    const auto images = store().objects().ListForExam(exam.id);
    for (const ReceivedObject& image : images) digests.insert(image.digest);
    EXPECT_EQ(digests, expected[exam.study_uid]) << exam.study_uid;
    EXPECT_EQ(exam.images, static_cast<int>(images.size()));
    if (images.empty()) continue;
    ++exams;
    // It was measured with the images that it has, and that result is where it belongs.
    EXPECT_EQ(exam.summary, "\"" + Content(images) + "\"");
    const std::string content = Content(images) + "." + std::to_string(exam.id);
    for (const auto& [kind, destination] :
         {std::pair("seg", "PACS"), std::pair("sr", "PACS"), std::pair("sr", "Archive")}) {
      const auto key = std::pair(SampleResult(kind, content, {}).sop_uid, std::string(destination));
      EXPECT_EQ(model.stored[key], 1) << kind << " to " << destination;
    }
  }
  EXPECT_GT(exams, 0);
  for (const auto& [key, times] : model.stored) EXPECT_LE(times, 1) << key.first;
  for (const auto& [job, times] : model.finished) EXPECT_EQ(times, 1) << "job " << job;
  for (const auto& [key, times] : model.finished_revisions) {
    if (!model.retried.count(key.first)) {
      EXPECT_EQ(times, 1) << key.first;
    }
  }
}

TEST_P(JobStoreTests, FourWorkerProcessesMeasureEachExamOnceThoughOneIsKilled) {
  constexpr int kExams = 40, kWorkers = 4;
  {
    JobStore own(Options(false));  // the database's own clock, as the workers have
    CompletenessRules soon;
    soon.quiet = soon.four_views = milliseconds(1);
    for (int i = 0; i < kExams; ++i) {
      const std::string study = std::to_string(i);
      own.objects().Add(SampleImage(study + ".1", study), soon);
    }
    std::this_thread::sleep_for(milliseconds(5));
    ASSERT_EQ(own.exams().CloseComplete(), kExams);
  }
  int pipes[2];
  ASSERT_EQ(::pipe(pipes), 0);
  WorkRules rules;
  rules.lease = milliseconds(1500);
  std::vector<pid_t> children;
  for (int worker = 0; worker < kWorkers; ++worker) {
    children.push_back(Fork([&] {
      JobStore own(Options(false));
      const auto start = std::chrono::steady_clock::now();
      int done = 0;
      // For as long as a job may come back from the one that is killed.
      while (std::chrono::steady_clock::now() - start < std::chrono::seconds(60)) {
        const auto job = own.work().Claim(std::to_string(worker), rules);
        if (!job) {
          const auto [ready, running] = own.work().Counts();
          if (ready == 0 && running == 0) return;
          std::this_thread::sleep_for(milliseconds(50));
          continue;
        }
        if (worker == 0 && ++done == 3) ::kill(::getpid(), SIGKILL);
        const std::int64_t id = job->exam.id;
        if (own.work().Finish(*job, "{}", false, {}) &&
            ::write(pipes[1], &id, sizeof id) != sizeof id)
          throw std::runtime_error("pipe");
      }
    }));
    // Worker 0 ends at its third job. The others start after that, so that three jobs are left for
    // it.
    if (worker == 0) {
      EXPECT_FALSE(EndsWell(children[0]));
    }
  }
  for (int i = 1; i < kWorkers; ++i) EXPECT_TRUE(EndsWell(children[i]));
  ::close(pipes[1]);
  std::map<std::int64_t, int> finished;
  for (std::int64_t id; ::read(pipes[0], &id, sizeof id) == sizeof id;) ++finished[id];
  ::close(pipes[0]);
  EXPECT_EQ(finished.size(), static_cast<std::size_t>(kExams));
  for (const auto& [id, times] : finished) EXPECT_EQ(times, 1) << "exam " << id;
  EXPECT_EQ(store().exams().Counts().at(static_cast<int>(ExamState::kDone)), kExams);
}

TEST_P(JobStoreTests, KilledReceiverLosesNothingThatItAcknowledged) {
  store().Ping();
  for (int round = 0; round < 3; ++round) {
    int pipes[2];
    ASSERT_EQ(::pipe(pipes), 0);
    const pid_t child = Fork([&] {
      JobStore own(Options());
      for (int i = 0;; ++i) {
        const std::string sop = std::to_string(round) + "." + std::to_string(i);
        own.objects().Add(SampleImage(sop, "1"), {});
        if (::write(pipes[1], &i, sizeof i) != sizeof i) return;
      }
    });
    ::close(pipes[1]);
    int last = -1;
    while (last < 5 + 3 * round && ::read(pipes[0], &last, sizeof last) == sizeof last) {
    }
    ::kill(child, SIGKILL);
    for (int i; ::read(pipes[0], &i, sizeof i) == sizeof i;) last = i;
    ::close(pipes[0]);
    EndsWell(child);
    for (int i = 0; i <= last; ++i)
      EXPECT_TRUE(store().objects().Find(std::to_string(round) + "." + std::to_string(i))) << i;
  }
}

TEST(PostgresqlJobStore, KilledServerLosesNothingAndStoreConnectsAgain) {
  if (const std::string problem = PostgresServer::Missing(); !problem.empty())
    GTEST_SKIP() << problem;
  PostgresServer server;
  JobStoreOptions options;
  options.url = server.NewDatabase();
  JobStore store(options);
  std::vector<std::string> acknowledged;
  for (int round = 0; round < 3; ++round) {
    // Under load, killed at any moment.
    std::thread killer([&] {
      std::this_thread::sleep_for(milliseconds(20 + 35 * round));
      server.Kill();
    });
    std::string problem;
    for (int i = 0; problem.empty(); ++i) {
      const std::string sop = std::to_string(round) + "." + std::to_string(i);
      try {
        store.objects().Add(SampleImage(sop, "1"), {});
        acknowledged.push_back(sop);
      } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::kIo) << e.what();
        problem = e.what();
      }
    }
    killer.join();
    EXPECT_THROW(store.Ping(), Error);
    server.Launch();
    store.Ping();
    for (const std::string& sop : acknowledged) EXPECT_TRUE(store.objects().Find(sop)) << sop;
    // Between calls: the one that finds its connection gone is done again by itself.
    server.Kill();
    server.Launch();
    store.objects().Add(SampleImage("between." + std::to_string(round), "1"), {});
    acknowledged.push_back("between." + std::to_string(round));
  }
  EXPECT_GT(acknowledged.size(), 3u);
}

/// Claims per second among many exams: printed, not judged. MHCNN_STORE_EXAMS sets how many exams.
TEST_P(JobStoreTests, ClaimsStayFastAmongManyExams) {
  const char* set = std::getenv("MHCNN_STORE_EXAMS");
  const std::int64_t exams = set ? std::atoll(set) : 2'000;
  store().Ping();
  {
    Database db(Options());
    const std::string series =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT ";
    db.Write([&] {
      db.Execute(
          "INSERT INTO exams (study_uid, patient_id, issuer, study_date, state, revision, "
          "first_received, last_received, changed, images, incomplete, reason, summary, measured, "
          "opened, closes, closes_by_limit) " +
              series +
              "'s' || CAST(i AS text), 'p' || CAST(i / 2 AS text), '', '20260101', 1, 1, 0, 0, 0, "
              "0, 0, '', '{}', 1, 0, NULL, 0 FROM n",
          {exams});
      db.Execute(
          "INSERT INTO jobs (exam, revision, state, priority, due, made, attempt, failures, "
          "worker, error) SELECT id, 1, 0, 0, id, 0, 0, 0, '', '' FROM exams");
    });
    if (db.kind() == DatabaseKind::kPostgresql) db.Execute("ANALYZE");
  }
  constexpr int kClaims = 200;
  std::set<std::int64_t> claimed;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kClaims; ++i) {
    const ExamJob job = Claim();
    claimed.insert(job.exam.id);
    ASSERT_TRUE(
        store().work().Finish(job, "{}", false, {SampleResult("sr", std::to_string(i), {"PACS"})}));
  }
  const auto middle = std::chrono::steady_clock::now();
  int stored = 0;
  for (int i = 0; i < kClaims; ++i) {
    for (const Delivery& delivery : store().deliveries().Claim("PACS", "s1", delivery_))
      stored += store().deliveries().Stored(delivery);
  }
  const auto end = std::chrono::steady_clock::now();
  const auto rate = [](auto from, auto to) {
    return kClaims / std::chrono::duration<double>(to - from).count();
  };
  std::printf("%lld exams: %.0f claimed and finished a second, %.0f delivered a second\n",
              static_cast<long long>(exams), rate(start, middle), rate(middle, end));
  EXPECT_EQ(claimed.size(), static_cast<std::size_t>(kClaims));
  EXPECT_EQ(stored, kClaims);
}

}  // namespace
}  // namespace mhcnn
