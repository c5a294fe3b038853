#include "mhcnn/jobs/work_queue.h"

#include <fmt/format.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/jobs/backoff.h"
#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/exam_events.h"
#include "mhcnn/jobs/exam_rows.h"
#include "mhcnn/jobs/result_rows.h"

namespace mhcnn {
namespace {

constexpr int kExpiredAtOnce = 20;
constexpr int kMaxTries = 100;  ///< of a claim that others were faster at

std::int64_t Number(JobState state) { return static_cast<std::int64_t>(state); }

/// A job as it is now.
struct JobClaim {
  JobState state = JobState::kReady;
  int revision = 0, attempt = 0, failures = 0;
  std::string worker;
  Exam exam;  ///< as it is now
  /// Whether the exam has no later revision.
  bool latest() const { return exam.revision == revision; }
};

/// Locks the exam and the job, and returns the job.
std::optional<JobClaim> LockJob(Database& db, const ExamJob& job) {
  const std::optional<Exam> exam = LockExam(db, job.exam.id);
  if (!exam) return std::nullopt;
  const auto rows = db.Query(
      "SELECT state, revision, attempt, failures, worker FROM jobs WHERE id = ? AND exam = ?" +
          db.Lock("jobs"),
      {job.id, job.exam.id});
  if (rows.empty()) return std::nullopt;
  return JobClaim{static_cast<JobState>(rows[0].Int(0)),
                  rows[0].Int(1),
                  rows[0].Int(2),
                  rows[0].Int(3),
                  rows[0].Text(4),
                  *exam};
}

/// Whether the caller still is who the job belongs to.
bool IsHolder(const std::optional<JobClaim>& held, const ExamJob& job) {
  return held && held->attempt == job.attempt && held->worker == ToStoredText(job.worker);
}

void SetJob(Database& db, std::int64_t id, JobState state, SqlValue due, int failures,
            const std::string& error) {
  db.Execute("UPDATE jobs SET state = ?, due = ?, failures = ?, error = ? WHERE id = ?",
             {Number(state), std::move(due), std::int64_t{failures}, error, id});
}

/// An attempt is over without a result: the job waits for the next one, or the exam is dead.
void AttemptFailed(Database& db, std::int64_t id, const JobClaim& held, const std::string& reason,
                   bool permanent, std::chrono::milliseconds delay, const WorkRules& rules) {
  const int failures = held.failures + 1;
  const std::int64_t exam = held.exam.id;
  if (!held.latest()) {
    SetJob(db, id, JobState::kSuperseded, {}, failures, reason);
    AddExamEvent(db, exam,
                 fmt::format("the attempt for revision {} failed; a later revision replaces it: {}",
                             held.revision, reason));
    return;
  }
  if (permanent || failures >= rules.max_attempts) {
    SetJob(db, id, JobState::kDead, {}, failures, reason);
    SetExamState(db, exam, ExamState::kDead, reason);
    AddExamEvent(db, exam, fmt::format("given up after {} failed attempts: {}", failures, reason));
    return;
  }
  SetJob(db, id, JobState::kReady, Milliseconds(db.Now() + delay), failures, reason);
  SetExamState(db, exam, ExamState::kWaiting, "");
  AddExamEvent(db, exam,
               fmt::format("attempt failed ({} of {}), next one in {} s: {}", failures,
                           rules.max_attempts, delay.count() / 1000, reason));
}

void ReturnExpired(Database& db, const WorkRules& rules) {
  for (const SqlRow& row : db.Query(
           std::string("SELECT ") + kExamColumns +
               ", jobs.id, jobs.revision, jobs.attempt, jobs.failures, jobs.worker FROM jobs JOIN "
               "exams ON exams.id = jobs.exam WHERE jobs.state = 1 AND jobs.due <= ? ORDER BY "
               "jobs.due LIMIT ?" +
               db.LockFree("jobs, exams"),
           {Milliseconds(db.Now()), std::int64_t{kExpiredAtOnce}})) {
    const JobClaim held{JobState::kRunning,
                        row.Int(kExamColumnCount + 1),
                        row.Int(kExamColumnCount + 2),
                        row.Int(kExamColumnCount + 3),
                        row.Text(kExamColumnCount + 4),
                        ReadExam(row)};
    AttemptFailed(db, row.Number(kExamColumnCount), held,
                  fmt::format("worker {} did not report for too long", held.worker), false,
                  std::chrono::milliseconds(0), rules);
  }
}

/// Ends a job that has its answer. Returns false where the caller does not hold it.
bool End(Database& db, const ExamJob& job, JobState state, const std::string& reason,
         const std::vector<ResultFile>& results, const std::function<void(const JobClaim&)>& end) {
  return db.Write([&] {
    const std::optional<JobClaim> held = LockJob(db, job);
    if (!IsHolder(held, job)) return false;
    if (held->state != JobState::kRunning) return held->state == state;  // said twice
    SetJob(db, job.id, state, {}, held->failures, reason);
    AddResults(db, job, results, held->latest());
    end(*held);
    return true;
  });
}

}  // namespace

void WorkRules::Check() const {
  const auto fail = [](const char* field, const char* problem) {
    throw Error(ErrorCode::kUsage, problem, field);
  };
  if (lease.count() <= 0) fail("lease", "must be more than 0");
  if (max_attempts < 1) fail("max_attempts", "must be 1 or more");
  if (first_delay.count() <= 0) fail("first_delay", "must be more than 0");
  if (longest_delay < first_delay) fail("longest_delay", "must be at least first_delay");
}

std::optional<ExamJob> WorkQueue::Claim(const std::string& worker, const WorkRules& rules) {
  rules.Check();
  Database& db = database_;
  return db.Write([&]() -> std::optional<ExamJob> {
    ReturnExpired(db, rules);
    const StoreTime now = db.Now();
    for (int tries = 0; tries < kMaxTries; ++tries) {
      const auto rows = db.Query(
          std::string("SELECT ") + kExamColumns +
              ", jobs.id, jobs.revision, jobs.attempt FROM jobs JOIN exams ON exams.id = "
              "jobs.exam WHERE jobs.state = 0 AND jobs.due <= ? ORDER BY jobs.priority DESC, "
              "jobs.due, jobs.id LIMIT 1" +
              db.LockFree("jobs, exams"),
          {Milliseconds(now)});
      if (rows.empty()) return std::nullopt;
      ExamJob job;
      job.exam = ReadExam(rows[0]);
      job.id = rows[0].Number(kExamColumnCount);
      job.revision = rows[0].Int(kExamColumnCount + 1);
      job.attempt = rows[0].Int(kExamColumnCount + 2) + 1;
      job.worker = worker;
      if (job.revision != job.exam.revision) {  // cannot be; a job of an old revision is never run
        SetJob(db, job.id, JobState::kSuperseded, {}, 0, "a later revision replaces it");
        continue;
      }
      db.Execute("UPDATE jobs SET state = 1, due = ?, attempt = ?, worker = ? WHERE id = ?",
                 {Milliseconds(now + rules.lease), std::int64_t{job.attempt}, worker, job.id});
      SetExamState(db, job.exam.id, ExamState::kRunning, "");
      AddExamEvent(db, job.exam.id,
                   fmt::format("claimed by worker {}, revision {}, attempt {}", worker,
                               job.revision, job.attempt));
      job.exam.state = ExamState::kRunning;
      job.exam.changed = now;
      job.images = ListExamImages(db, job.exam.id);
      job.earlier_results = ListEarlierResults(db, job.exam.id, job.revision);
      job.priors = ListPriorExams(db, job.exam);
      job.correction = NewestCorrection(db, job.exam.id);
      if (job.correction && job.correction->revision != job.revision) job.correction.reset();
      if (job.correction) {
        auto replaced = FindReplacedResults(db, job.exam.id, job.revision, job.correction->version);
        job.corrected_results = std::move(replaced.files);
        job.correction_amends = replaced.correction > 0;
      }
      return job;
    }
    return std::nullopt;
  });
}

bool WorkQueue::Renew(const ExamJob& job, const WorkRules& rules) {
  rules.Check();
  return database_.Write([&] {
    return database_.Execute(
               "UPDATE jobs SET due = ? WHERE id = ? AND state = 1 AND worker = ? AND attempt = ?",
               {Milliseconds(database_.Now() + rules.lease), job.id, job.worker,
                std::int64_t{job.attempt}}) == 1;
  });
}

bool WorkQueue::Finish(const ExamJob& job, const std::string& summary_json, bool incomplete,
                       const std::vector<ResultFile>& results) {
  Database& db = database_;
  return End(db, job, JobState::kFinished, "", results, [&](const JobClaim& held) {
    db.Execute(
        "UPDATE exams SET summary = ?, measured = ? WHERE id = ? AND measured <= ?",
        {summary_json, std::int64_t{held.revision}, held.exam.id, std::int64_t{held.revision}});
    if (held.latest()) {
      SetExamState(db, held.exam.id, ExamState::kDone, "");
      db.Execute("UPDATE exams SET incomplete = ? WHERE id = ?",
                 {std::int64_t{incomplete || held.exam.incomplete}, held.exam.id});
    }
    AddExamEvent(
        db, held.exam.id,
        fmt::format(
            "finished revision {} with {} results{}", held.revision, results.size(),
            held.latest() ? "" : ", which are not sent, because images arrived in the meantime"));
  });
}

bool WorkQueue::Refuse(const ExamJob& job, const std::string& reason,
                       const std::vector<ResultFile>& results) {
  Database& db = database_;
  return End(db, job, JobState::kRefused, reason, results, [&](const JobClaim& held) {
    if (held.latest()) SetExamState(db, held.exam.id, ExamState::kRefused, ToDisplayText(reason));
    AddExamEvent(db, held.exam.id, fmt::format("refused revision {}: {}", held.revision, reason));
  });
}

bool WorkQueue::Fail(const ExamJob& job, const std::string& reason, bool permanent,
                     const WorkRules& rules) {
  rules.Check();
  Database& db = database_;
  return db.Write([&] {
    const std::optional<JobClaim> held = LockJob(db, job);
    if (!IsHolder(held, job)) return false;
    // Said twice: what it led to stays.
    if (held->state != JobState::kRunning)
      return held->state == JobState::kReady || held->state == JobState::kDead;
    AttemptFailed(db, job.id, *held, ToDisplayText(reason), permanent,
                  Backoff(held->failures + 1, rules.first_delay, rules.longest_delay), rules);
    return true;
  });
}

void WorkQueue::Release(const ExamJob& job) {
  Database& db = database_;
  db.Write([&] {
    const std::optional<JobClaim> held = LockJob(db, job);
    if (!IsHolder(held, job) || held->state != JobState::kRunning) return;
    if (!held->latest()) {
      SetJob(db, job.id, JobState::kSuperseded, {}, held->failures, "a later revision replaces it");
      return;
    }
    SetJob(db, job.id, JobState::kReady, Milliseconds(db.Now()), held->failures, "");
    SetExamState(db, held->exam.id, ExamState::kWaiting, "");
    AddExamEvent(db, held->exam.id,
                 fmt::format("worker {} returned the exam to the queue", job.worker));
  });
}

std::pair<std::int64_t, std::int64_t> WorkQueue::Counts() {
  return database_.Read([&] {
    const auto count = [&](const char* state) {
      return database_.Query(std::string("SELECT count(*) FROM jobs WHERE state = ") + state)
          .at(0)
          .Number(0);
    };
    return std::pair(count("0"), count("1"));
  });
}

std::optional<std::chrono::milliseconds> WorkQueue::OldestReadyAge() {
  return database_.Read([&]() -> std::optional<std::chrono::milliseconds> {
    const StoreTime now = database_.Now();
    const auto rows = database_.Query("SELECT min(due) FROM jobs WHERE state = 0 AND due <= ?",
                                      {Milliseconds(now)});
    if (rows.empty() || rows[0].IsNull(0)) return std::nullopt;
    return now - rows[0].Time(0);
  });
}

std::vector<JobStatus> WorkQueue::ListForExam(std::int64_t exam) {
  return database_.Read([&] {
    std::vector<JobStatus> jobs;
    for (const SqlRow& row : database_.Query(
             "SELECT id, revision, state, attempt, failures, worker, error, due FROM jobs WHERE "
             "exam = ? ORDER BY id",
             {exam})) {
      JobStatus job;
      job.id = row.Number(0);
      job.revision = row.Int(1);
      job.state = static_cast<JobState>(row.Int(2));
      job.attempt = row.Int(3);
      job.failures = row.Int(4);
      job.worker = row.Text(5);
      job.error = row.Text(6);
      if (!row.IsNull(7)) job.due = row.Time(7);
      jobs.push_back(job);
    }
    return jobs;
  });
}

std::vector<StoredResult> WorkQueue::ListResultsForExam(std::int64_t exam) {
  return database_.Read([&] {
    std::vector<StoredResult> results;
    for (const SqlRow& row : database_.Query(
             "SELECT sop_uid, sop_class_uid, kind, file, digest, bytes, revision, made, sent, "
             "removed, correction, id FROM results WHERE exam = ? ORDER BY id",
             {exam})) {
      StoredResult& kept = results.emplace_back();
      kept.result.sop_uid = row.Text(0);
      kept.result.sop_class_uid = row.Text(1);
      kept.result.kind = row.Text(2);
      kept.result.file = PathFromText(row.Text(3));
      kept.result.digest = row.Text(4);
      kept.result.bytes = static_cast<std::uint64_t>(row.Number(5));
      kept.revision = row.Int(6);
      kept.made = row.Time(7);
      kept.sent = row.Int(8) != 0;
      kept.removed = row.Int(9) != 0;
      kept.correction = row.Int(10);
      kept.id = row.Number(11);
    }
    return results;
  });
}

}  // namespace mhcnn
