#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/jobs/corrections.h"
#include "mhcnn/jobs/exams.h"

namespace mhcnn {

/// How often and how long a worker tries.
struct WorkRules {
  std::chrono::milliseconds lease{120'000};       ///< a worker that is silent for so long has died
  int max_attempts = 3;                           ///< then the exam is dead
  std::chrono::milliseconds first_delay{10'000};  ///< after a failure; doubles, with jitter
  std::chrono::milliseconds longest_delay{600'000};  ///< longest delay between two tries

  /// Throws Error(kUsage) that names the field that is out of range.
  void Check() const;
};

/// The analysis of one revision of an exam, held by one worker.
struct ExamJob {
  std::int64_t id = 0;  ///< row in the store
  Exam exam;            ///< as it was when the job was claimed
  int revision = 1;     ///< revision of the exam
  int attempt = 1;  ///< with `worker`, the fencing token: a result of an earlier attempt is refused
  std::string worker;                                  ///< who holds it
  std::vector<ReceivedObject> images;                  ///< the images in use
  std::vector<std::filesystem::path> earlier_results;  ///< results of the revision before
  std::vector<Exam> priors;                            ///< earlier exams of the patient
  std::optional<Correction> correction;  ///< the newest of this revision, to be in the results
  std::vector<std::filesystem::path> corrected_results;  ///< of this revision, before `correction`
  bool correction_amends = false;  ///< those have an earlier version of the correction in them
};

/// A result object that a worker wrote, below the object folder.
struct ResultFile {
  /// Unique identifiers; of files that are no DICOM objects only `sop_uid`, which is their name.
  std::string sop_uid, sop_class_uid;
  std::string kind;                       ///< "seg", "sr", "cad", "sc", "fhir", "json", ...
  std::filesystem::path file;             ///< path below the object folder
  std::string digest;                     ///< SHA-256
  std::vector<std::string> destinations;  ///< names of those that it is sent to
  std::uint64_t bytes = 0;                ///< size of the file, for the quota
};

/// A result that the store knows of.
struct KeptResult {
  std::int64_t id = 0;   ///< row in the store
  ResultFile result;     ///< without destinations: see DeliveryQueue::OfExam()
  int revision = 1;      ///< revision of the exam
  int correction = 0;    ///< version of the correction in it; 0: none
  StoreTime made{};      ///< when it was made
  bool sent = false;     ///< its revision was the last when it was made: it is for destinations
  bool removed = false;  ///< the file is gone (retention)
};

/// Where a job is on its way.
enum class JobState {
  kReady,       ///< waits for a worker
  kRunning,     ///< held by a worker
  kFinished,    ///< has its results
  kRefused,     ///< nothing could be measured
  kDead,        ///< failed too often
  kSuperseded,  ///< its revision is no longer the last, or its exam was cancelled
};

/// A job for people who ask what it waits for.
struct JobStatus {
  std::int64_t id = 0;                ///< row in the store
  int revision = 1;                   ///< revision of the exam
  JobState state = JobState::kReady;  ///< where the job is on its way
  int attempt = 0;                    ///< claims so far
  int failures = 0;                   ///< those that failed
  std::string worker;                 ///< the last one; "" before the first
  std::string error;                  ///< of the last attempt that failed
  std::optional<StoreTime> due;  ///< next attempt where it is ready, end of the lease where it runs
};

/// The jobs of the workers. A job is claimed by one worker, for the time of a lease; what a worker
/// whose lease ran out still reports is refused.
class WorkQueue {
 public:
  /// The database must outlive it.
  explicit WorkQueue(Database& database) : database_(database) {}

  /// The next job by priority, then by age; nothing where none is ready. Jobs whose lease ran out
  /// are ready again, or dead after the last attempt.
  std::optional<ExamJob> Claim(const std::string& worker, const WorkRules& rules);
  /// Prolongs the lease. Returns false where the job is held by another now: stop.
  bool Renew(const ExamJob& job, const WorkRules& rules);
  /// Commits the results and a delivery for each destination of each, in one transaction. Results
  /// of a revision that is no longer the last are kept but not sent, and unsent deliveries of
  /// earlier revisions are given up. Returns false where the job is held by another now.
  bool Finish(const ExamJob& job, const std::string& summary_json, bool incomplete,
              const std::vector<ResultFile>& results);
  /// Nothing of the exam can be measured: ends the job with the reason. Results (a table that says
  /// why) may be given. Returns false as Finish().
  bool Refuse(const ExamJob& job, const std::string& reason,
              const std::vector<ResultFile>& results = {});
  /// The attempt failed. Tries again later, or not where it was the last attempt or `permanent`:
  /// then the exam is dead. Returns false as Finish().
  bool Fail(const ExamJob& job, const std::string& reason, bool permanent, const WorkRules& rules);
  /// Gives the job back unfinished, at once and without counting the attempt (a worker that stops).
  void Release(const ExamJob& job);

  /// Number of jobs that wait and that run.
  std::pair<std::int64_t, std::int64_t> Counts();
  /// Jobs of an exam, the oldest first.
  std::vector<JobStatus> OfExam(std::int64_t exam);
  /// Results of all revisions of an exam, the oldest first.
  std::vector<KeptResult> ResultsOfExam(std::int64_t exam);
  /// Age of the oldest job that is ready; nothing without one.
  std::optional<std::chrono::milliseconds> OldestReady();

 private:
  Database& database_;
};

}  // namespace mhcnn
