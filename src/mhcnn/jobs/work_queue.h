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

/// Rules of the tries of a worker.
struct WorkRules {
  std::chrono::milliseconds lease{120'000};       ///< a worker silent for longer counts as dead
  int max_attempts = 3;                           ///< number of tries after which the exam is dead
  std::chrono::milliseconds first_delay{10'000};  ///< delay after a failure; doubles, with jitter
  std::chrono::milliseconds longest_delay{600'000};  ///< longest delay between two tries

  /// Throws Error(kUsage) that names the field that is out of range.
  void Check() const;
};

/// The analysis of one revision of an exam, claimed by one worker.
struct ExamJob {
  std::int64_t id = 0;  ///< row in the store
  Exam exam;            ///< the exam at the time of the claim
  int revision = 1;     ///< revision of the exam
  int attempt = 1;  ///< with `worker`, the fencing token: a result of an earlier attempt is refused
  std::string worker;                                  ///< worker that claimed it
  std::vector<ReceivedObject> images;                  ///< the images in use
  std::vector<std::filesystem::path> earlier_results;  ///< results of the revision before
  std::vector<Exam> priors;                            ///< earlier exams of the patient
  std::optional<Correction> correction;  ///< newest correction of this revision, for the results
  std::vector<std::filesystem::path> corrected_results;  ///< results of this revision without it
  bool correction_amends = false;  ///< whether those contain an earlier version of the correction
};

/// A result object that a worker wrote, below the object folder.
struct ResultFile {
  /// Unique identifiers; files that are not DICOM objects have only `sop_uid`, their name.
  std::string sop_uid, sop_class_uid;
  std::string kind;                       ///< "seg", "sr", "cad", "sc", "fhir", "json", ...
  std::filesystem::path file;             ///< path below the object folder
  std::string digest;                     ///< SHA-256
  std::vector<std::string> destinations;  ///< names of its destinations
  std::uint64_t bytes = 0;                ///< size of the file, for the quota
};

/// A result in the store.
struct StoredResult {
  std::int64_t id = 0;   ///< row in the store
  ResultFile result;     ///< without destinations: see DeliveryQueue::ListForExam()
  int revision = 1;      ///< revision of the exam
  int correction = 0;    ///< version of the correction in it; 0: none
  StoreTime made{};      ///< when it was made
  bool sent = false;     ///< whether its revision was the last when it was made: it is sent
  bool removed = false;  ///< whether the file was removed (retention)
};

/// State of a job. The numbers are in the rows and in the statements of the store: they never
/// change.
enum class JobState {
  kReady = 0,       ///< waits for a worker
  kRunning = 1,     ///< claimed by a worker
  kFinished = 2,    ///< has its results
  kRefused = 3,     ///< nothing could be measured
  kDead = 4,        ///< failed too often
  kSuperseded = 5,  ///< its revision is no longer the last, or its exam was cancelled
};

/// A job for people who ask what it waits for.
struct JobStatus {
  std::int64_t id = 0;                ///< row in the store
  int revision = 1;                   ///< revision of the exam
  JobState state = JobState::kReady;  ///< state of the job
  int attempt = 0;                    ///< number of claims so far
  int failures = 0;                   ///< number of claims that failed
  std::string worker;                 ///< last worker; "" before the first
  std::string error;                  ///< error of the last attempt that failed
  std::optional<StoreTime> due;       ///< next attempt if it is ready, end of the lease if it runs
};

/// The jobs of the workers. A job is claimed by one worker, for the time of a lease; reports of a
/// worker whose lease has ended are refused.
class WorkQueue {
 public:
  /// The database must outlive it.
  explicit WorkQueue(Database& database) : database_(database) {}

  /// Claims the next job by priority, then by age; nothing if none is ready. Jobs whose lease ended
  /// are ready again, or dead after the last attempt.
  std::optional<ExamJob> Claim(const std::string& worker, const WorkRules& rules);
  /// Prolongs the lease. Returns false if another worker has the job now: stop.
  bool Renew(const ExamJob& job, const WorkRules& rules);
  /// Commits the results and a delivery for each destination of each, in one transaction. Results
  /// of a revision that is no longer the last are kept but not sent, and unsent deliveries of
  /// earlier revisions are given up. Returns false if another worker has the job now.
  bool Finish(const ExamJob& job, const std::string& summary_json, bool incomplete,
              const std::vector<ResultFile>& results);
  /// Ends the job with the reason why nothing of the exam can be measured. Results (a table with
  /// the reason) may be given. Returns false as Finish().
  bool Refuse(const ExamJob& job, const std::string& reason,
              const std::vector<ResultFile>& results = {});
  /// Notes that the attempt failed. Tries again later, but not after the last attempt or if
  /// `permanent`: then the exam is dead. Returns false as Finish().
  bool Fail(const ExamJob& job, const std::string& reason, bool permanent, const WorkRules& rules);
  /// Gives the job back unfinished, at once and without counting the attempt (a worker that stops).
  void Release(const ExamJob& job);

  /// Returns the number of jobs that wait and that run.
  std::pair<std::int64_t, std::int64_t> Counts();
  /// Returns the jobs of an exam, the oldest first.
  std::vector<JobStatus> ListForExam(std::int64_t exam);
  /// Returns the results of all revisions of an exam, the oldest first.
  std::vector<StoredResult> ListResultsForExam(std::int64_t exam);
  /// Returns the age of the oldest job that is ready; nothing without one.
  std::optional<std::chrono::milliseconds> OldestReadyAge();

 private:
  Database& database_;
};

}  // namespace mhcnn
