#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/jobs/received_objects.h"
#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

/// Where an exam is on its way.
enum class ExamState {
  kReceiving,  ///< images may still come
  kWaiting,    ///< complete; its job waits for a worker
  kRunning,    ///< a worker has its job
  kDone,       ///< measured; its results are being sent or were sent
  kRefused,    ///< nothing in it could be measured; `reason` says why
  kDead,       ///< the job failed too often; `reason` says why
  kCancelled,  ///< a person took it out
};

/// Stable lower-case word of a state: "receiving".
const char* ExamStateName(ExamState state);
/// The state of a word; nothing for another word.
std::optional<ExamState> ParseExamState(const std::string& word);

/// An exam: the images of one Study Instance UID.
struct Exam {
  std::int64_t id = 0;  ///< its row
  /// Study Instance UID, Patient ID, Issuer of Patient ID and Study Date.
  std::string study_uid, patient_id, issuer, study_date;
  ExamState state = ExamState::kReceiving;  ///< where it is on its way
  int revision = 1;                         ///< counted up when images arrive after it was complete
  /// Moments of its first and last image, and of its last change of state.
  StoreTime first_received{}, last_received{}, changed{};
  int images = 0;           ///< images in use
  bool incomplete = false;  ///< closed by the hard limit, or without the four standard views
  std::string reason;       ///< why it is refused, dead or cancelled; "" otherwise
  /// JSON of the figures of the last revision measured (results/studies.h StudyToJson); "" before.
  std::string summary;
  /// When it will be complete if no image comes, while it is receiving.
  std::optional<StoreTime> closes;
};

/// Which exams to list. Empty fields choose all.
struct ExamFilter {
  std::optional<ExamState> state;  ///< exams in this state alone
  /// Patient ID.
  std::string patient_id, study_uid;
  std::string study_date_from, study_date_to;  ///< YYYYMMDD, both inclusive
  std::int64_t before_id = 0;                  ///< rows with a smaller id alone; 0: from the newest
  int limit = 100;                             ///< largest number of rows
};

/// An event in the life of an exam, for people who ask why.
struct ExamEvent {
  StoreTime at{};    ///< when it happened
  std::string text;  ///< what happened, one sentence
};

/// The exams of a node.
class Exams {
 public:
  /// The database must outlive it.
  explicit Exams(Database& database) : database_(database) {}

  /// Closes each exam that is complete by the rules it was received under and makes its job.
  /// Returns how many.
  int CloseComplete();
  /// The moment at which the next exam will be complete, if no image comes; nothing without one.
  std::optional<StoreTime> NextComplete();

  /// The newest first.
  std::vector<Exam> List(const ExamFilter& filter);
  /// Returns an exam by its row.
  std::optional<Exam> Find(std::int64_t id);
  /// Returns an exam by its Study Instance UID.
  std::optional<Exam> FindStudy(const std::string& study_uid);
  /// Number of exams in each state, in the order of ExamState.
  std::vector<std::int64_t> Counts();
  /// What happened to an exam, the oldest first.
  std::vector<ExamEvent> History(std::int64_t id);
  /// Earlier exams of the same patient (Patient ID and issuer) that were measured, the oldest
  /// first.
  std::vector<Exam> Priors(const Exam& exam);

  /// Gives a refused, dead, cancelled or done exam a new job. Throws Error(kUsage) for one that is
  /// not there or has a job.
  void Retry(std::int64_t id);
  /// Takes an exam out: its job and unsent deliveries are given up. Throws Error(kUsage) for one
  /// that is not there or is cancelled already.
  void Cancel(std::int64_t id, const std::string& who);

 private:
  Database& database_;
};

}  // namespace mhcnn
