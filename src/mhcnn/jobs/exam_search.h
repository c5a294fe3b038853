#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/jobs/exams.h"

namespace mhcnn {

class Database;

/// An exam with the correction of its current revision.
struct ExamSearchResult {
  Exam exam;             ///< the exam
  int correction = 0;    ///< number of the newest correction; 0: none of this revision
  std::string category;  ///< category of the reader; "": none
  std::string percent;   ///< percent of the reader, printed; "": none
  bool present = false;  ///< whether `exam.summary` is of the exam's present revision
  /// SOP Instance UIDs of R CC, L CC, R MLO and L MLO; "" if there is none.
  std::array<std::string, 4> views;
  /// Names of the small pictures that the present revision has: "0123456789abcdef-small.jpg".
  std::vector<std::string> small_pictures;
};

/// Order of a list of exams. Exams with the same value follow each other by their number, the
/// newest first; exams without a value come last.
enum class ExamOrder {
  kReceived,   ///< their number: when the first image came
  kStudyDate,  ///< Study Date
  kPatient,    ///< Patient ID, by its characters
  kState,      ///< the order of ExamState
  kPercent,    ///< the reader's percent if there is one, else the model's
  kCategory,   ///< the reader's category if there is one, else the model's
};

/// Conditions of a search. Empty fields choose all.
struct ExamQuery {
  ExamFilter filter;     ///< state, patient, study, dates, page
  std::string category;  ///< "a" to "d": the reader's category if there is one, else the model's
  std::string flag;      ///< a word of docs/flags.md that the exam has
  std::string text;      ///< a part of the Patient ID or the begin of the Study Instance UID
  ExamOrder order = ExamOrder::kReceived;  ///< order of the exams
  bool ascending = false;                  ///< whether the smallest, or the oldest, comes first
  /// With `filter.before_id`: `next_key` of the page before. Begins after that exam.
  std::string before_key;
};

/// A page of exams.
struct ExamPage {
  std::vector<ExamSearchResult> exams;  ///< the exams
  std::optional<std::int64_t> next;     ///< `before_id` of the next page; nothing: this is the last
  std::string next_key;                 ///< `before_key` of the next page
};

/// Exams for people who look through them.
///
/// Category and flag are in the summary of an exam and have no index: rows are read from the newest
/// until the page is full. The database leaves out rows whose summary does not contain the word, so
/// that few summaries are parsed. A word that no exam has costs one pass over the exams. A text is
/// looked for in the indexes of Patient ID and Study Instance UID, without reading the rows. Every
/// order but kReceived has no index either: a page of it costs one pass over the exams.
class ExamSearch {
 public:
  /// The database must outlive it.
  explicit ExamSearch(Database& database) : database_(database) {}

  /// Returns a page of exams. Throws Error(kUsage) for a key of a page that cannot be one.
  ExamPage Find(const ExamQuery& query);
  /// Returns one exam.
  std::optional<ExamSearchResult> One(std::int64_t id);
  /// Returns exams of which the state, the images or the correction changed at this moment or
  /// later, at most `limit`, those that changed first before others.
  std::vector<ExamSearchResult> ChangedSince(StoreTime moment, int limit);

 private:
  Database& database_;
};

}  // namespace mhcnn
