#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// Statement of a reader about one revision of an exam. It is never changed: a new opinion is the
/// next version. It is not valid for a later revision, whose images the reader has not seen.
struct Correction {
  std::int64_t exam = 0;  ///< row of the exam
  int revision = 1;       ///< revision of the exam that the reader saw
  int version = 1;        ///< number of the correction of the exam, from 1
  std::string category;   ///< "a" to "d"
  std::string percent;    ///< "31.0"; "" if the reader gave none
  std::string comment;    ///< words of the reader; may be empty
  std::string author;     ///< name of the reader
  StoreTime made{};       ///< time when it was made
  /// The model's figures that the reader saw, in the digits of the tables; "" for none.
  std::string model_category, model_percent;

  /// Returns whether the reader agrees with the model in all that the reader gave.
  bool accepted() const;
};

/// A correction that a reader wants to make.
struct NewCorrection {
  std::int64_t exam = 0;          ///< row of the exam
  int revision = 0;               ///< revision that the reader saw
  int version = 0;                ///< newest version that the reader saw; 0 for none
  std::string category;           ///< "a" to "d"
  std::optional<double> percent;  ///< 0 to 100
  std::string comment;            ///< at most 2000 bytes of UTF-8
  std::string author;             ///< 1 to 64 bytes of UTF-8

  /// Throws Error(kUsage) naming the field that is out of range.
  void Check() const;
};

/// Result of adding a correction.
struct CorrectionAnswer {
  /// Kinds of results. All except kAdded changed nothing.
  enum class Kind {
    kAdded,          ///< stored; the results of the exam are written again
    kNoExam,         ///< the exam is not in the store
    kOtherRevision,  ///< images of the exam came or changed meanwhile
    kOtherVersion,   ///< another reader added a version meanwhile
    kNotMeasured,    ///< this revision has no figures, or the exam was cancelled
    kNoImages,       ///< the images were removed, so that no results can be written
  };
  Kind kind = Kind::kAdded;  ///< kind of the result
  int revision = 0;          ///< revision of the exam now; 0 without an exam
  /// The newest correction of the exam now: this one if it was added.
  std::optional<Correction> correction;
};

/// The corrections of readers.
class Corrections {
 public:
  /// The database must outlive it.
  explicit Corrections(Database& database) : database_(database) {}

  /// Adds a correction and a job that writes the results again, in one transaction while nobody
  /// else changes the exam. A job of the exam that waits or runs is given up for it. Throws
  /// Error(kUsage) as NewCorrection::Check().
  CorrectionAnswer Add(const NewCorrection& said);

  /// Returns the newest correction of an exam, of any revision.
  std::optional<Correction> Newest(std::int64_t exam);
  /// Returns the newest correction of each of these exams that has one, in no order.
  std::vector<Correction> NewestForExams(const std::vector<std::int64_t>& exams);
  /// Returns all corrections of an exam, the oldest first.
  std::vector<Correction> ListForExam(std::int64_t exam);
  /// Returns the newest correction of each exam, if made at or after the moment; the oldest first,
  /// at most `limit`. Of the moment itself only those of exams with a larger number than `after`:
  /// the moment and the exam of the last one begin the next page.
  std::vector<Correction> Since(StoreTime moment, int limit, std::int64_t after = 0);

 private:
  Database& database_;
};

/// Returns the same as Corrections::Newest(), within a transaction.
std::optional<Correction> NewestCorrection(Database& database, std::int64_t exam);

}  // namespace mhcnn
