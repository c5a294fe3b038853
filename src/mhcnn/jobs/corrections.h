#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// What a reader said of one revision of an exam. It is never changed: who thinks again adds the
/// next version. It does not hold for a later revision, whose images the reader has not seen.
struct Correction {
  std::int64_t exam = 0;  ///< row of the exam
  int revision = 1;       ///< revision of the exam that the reader saw
  int version = 1;        ///< counts the corrections of the exam, from 1
  std::string category;   ///< "a" to "d"
  std::string percent;    ///< "31.0"; "" where the reader gave none
  std::string comment;    ///< words of the reader; may be empty
  std::string author;     ///< name of the reader
  StoreTime made{};       ///< when it was made
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

/// What became of a new correction.
struct CorrectionAnswer {
  /// How it ended. All but kAdded changed nothing.
  enum class Kind {
    kAdded,          ///< kept; the results of the exam are written again
    kNoExam,         ///< the exam is not in the store
    kOtherRevision,  ///< images of the exam came or changed meanwhile
    kOtherVersion,   ///< another reader was faster
    kNotMeasured,    ///< this revision has no figures, or the exam was taken out
    kNoImages,       ///< the images were removed, so that no results can be written
  };
  Kind kind = Kind::kAdded;  ///< how it ended
  int revision = 0;          ///< revision of the exam now; 0 without an exam
  std::optional<Correction>
      correction;  ///< the newest of the exam now, this one where it was added
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

  /// The newest correction of an exam, of whichever revision.
  std::optional<Correction> Newest(std::int64_t exam);
  /// The newest correction of each of these exams that has one, in no order.
  std::vector<Correction> NewestOf(const std::vector<std::int64_t>& exams);
  /// All corrections of an exam, the oldest first.
  std::vector<Correction> OfExam(std::int64_t exam);
  /// The newest correction of each exam, where it was made at or after the moment; the oldest
  /// first, at most `limit`. Of the moment itself only those of exams with a larger number than
  /// `after`: the moment and the exam of the last one begin the next page.
  std::vector<Correction> Since(StoreTime moment, int limit, std::int64_t after = 0);

 private:
  Database& database_;
};

/// As Corrections::Newest(), within a transaction.
std::optional<Correction> NewestCorrection(Database& database, std::int64_t exam);

}  // namespace mhcnn
