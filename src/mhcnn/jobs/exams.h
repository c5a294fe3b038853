#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/jobs/received_objects.h"
#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

/// State of an exam. The numbers are in the rows and in the statements of the store: they never
/// change.
enum class ExamState {
  kReceiving = 0,  ///< images may still come
  kWaiting = 1,    ///< complete; its job waits for a worker
  kRunning = 2,    ///< a worker has its job
  kDone = 3,       ///< measured; its results are being sent or were sent
  kRefused = 4,    ///< nothing in it could be measured; `reason` gives the reason
  kDead = 5,       ///< the job failed too often; `reason` gives the reason
  kCancelled = 6,  ///< a person cancelled it
};

/// Returns the stable lower-case word of a state: "receiving".
const char* ExamStateName(ExamState state);
/// Returns the state of a word; nothing for another word.
std::optional<ExamState> ParseExamState(const std::string& word);

/// An exam: the images of one Study Instance UID.
struct Exam {
  std::int64_t id = 0;  ///< row in the store
  /// Study Instance UID, Patient ID, Issuer of Patient ID and Study Date.
  std::string study_uid, patient_id, issuer, study_date;
  ExamState state = ExamState::kReceiving;  ///< state of the exam
  int revision = 1;                         ///< increased when images arrive after it was complete
  /// Moments of its first and last image, and of its last change of state.
  StoreTime first_received{}, last_received{}, changed{};
  int images = 0;           ///< images in use
  bool incomplete = false;  ///< whether closed by the hard limit or without the four views
  std::string reason;       ///< reason why it is refused, dead or cancelled; "" otherwise
  /// JSON of the figures of the last revision measured (results/studies.h StudyToJson); "" before.
  std::string summary;
  /// Time when it will be complete if no image comes, while it is receiving.
  std::optional<StoreTime> closes;
};

/// Conditions for a list of exams. Empty fields choose all.
struct ExamFilter {
  std::optional<ExamState> state;  ///< only exams in this state
  /// Patient ID and Study Instance UID.
  std::string patient_id, study_uid;
  std::string study_date_from, study_date_to;  ///< YYYYMMDD, both inclusive
  std::int64_t before_id = 0;                  ///< only rows with a smaller id; 0: from the newest
  int limit = 100;                             ///< largest number of rows
};

/// An event in the life of an exam, for people who ask why.
struct ExamEvent {
  StoreTime at{};    ///< time of the event
  std::string text;  ///< description of the event, one sentence
};

/// The exams of a node.
class Exams {
 public:
  /// The database must outlive it.
  explicit Exams(Database& database) : database_(database) {}

  /// Closes each exam that is complete by the rules it was received under and makes its job.
  /// Returns how many.
  int CloseComplete();
  /// Returns when the next exam will be complete, if no image comes; nothing if none is receiving.
  std::optional<StoreTime> NextComplete();

  /// Returns the exams of a filter, the newest first.
  std::vector<Exam> List(const ExamFilter& filter);
  /// Returns an exam by its row.
  std::optional<Exam> Find(std::int64_t id);
  /// Returns an exam by its Study Instance UID.
  std::optional<Exam> FindStudy(const std::string& study_uid);
  /// Returns the number of exams in each state, in the order of ExamState.
  std::vector<std::int64_t> Counts();
  /// Returns the events of an exam, the oldest first.
  std::vector<ExamEvent> History(std::int64_t id);
  /// Returns the earlier exams of the same patient (Patient ID and issuer) that were measured, the
  /// oldest first.
  std::vector<Exam> Priors(const Exam& exam);

  /// Gives a refused, dead, cancelled or done exam a new job. Throws Error(kUsage) for one that is
  /// not there or has a job.
  void Retry(std::int64_t id);
  /// Cancels an exam: its job and unsent deliveries are given up. Throws Error(kUsage) for one that
  /// is not there or is cancelled already.
  void Cancel(std::int64_t id, const std::string& who);

 private:
  Database& database_;
};

}  // namespace mhcnn
