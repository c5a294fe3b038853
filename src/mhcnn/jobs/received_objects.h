#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mhcnn {

class Database;

/// What the node does with an object that it received.
enum class ObjectUse {
  kMeasure,     ///< an image to be analysed with its exam
  kKeep,        ///< stored, not analysed: another class or another kind of image
  kOwnResult,   ///< made by this program; counted and otherwise ignored, so that no loop begins
  kQuarantine,  ///< could not be understood; kept for a person to look at
};

/// An object as it arrived, whose file is already safe in the object folder.
struct ReceivedObject {
  /// Unique identifiers of the object; `study_uid` names the exam.
  std::string sop_uid, sop_class_uid, series_uid, study_uid;
  /// Patient ID (0010,0020) and Issuer of Patient ID (0010,0021).
  std::string patient_id, issuer;
  /// Study Date (0008,0020), YYYYMMDD; may be empty.
  std::string study_date;
  std::string digest;        ///< SHA-256 of the file
  std::string image_digest;  ///< SHA-256 of what the figures depend on: pixels and geometry
  /// SHA-256 of what results copy: patient and study, Study Instance UID included.
  std::string demographics_digest;
  std::string view;            ///< "L-CC", "L-MLO", "R-CC", "R-MLO"; "" for others
  std::filesystem::path file;  ///< below the object folder
  std::uint64_t bytes = 0;     ///< size of the file
  std::string peer;  ///< where it came from: "dicom:AE@192.0.2.1", "stow:192.0.2.1", "folder:NAME"
  ObjectUse use = ObjectUse::kMeasure;  ///< what the node does with it
  std::string reason;                   ///< why it is not measured; "" where it is
};

/// What the store made of a received object.
struct Receipt {
  /// How the object stands to what the store had.
  enum class Kind {
    kNew,        ///< first of its SOP Instance UID
    kDuplicate,  ///< the same UID and digest as the one in use: nothing was changed
    kRevision,   ///< the same UID with other content: takes the place of the earlier object
  };
  Kind kind = Kind::kNew;      ///< which kind it is
  std::int64_t object = 0;     ///< its row
  std::filesystem::path file;  ///< the file in use; a duplicate has the earlier object's file
  /// Whether the exam is measured again because of it: a new image, other pixels, other
  /// demographics.
  bool changes_exam = false;
};

/// When an exam counts as complete.
struct CompletenessRules {
  std::chrono::milliseconds quiet{60'000};          ///< since its last image
  std::chrono::milliseconds hard_limit{1'800'000};  ///< since its first image of this revision
  /// Since the last image, where all four standard views are there.
  std::chrono::milliseconds four_views{5'000};

  /// Throws Error(kUsage) that names the field that is out of range.
  void Check() const;
};

/// The objects that a node received. A row is never changed but for `superseded`.
class ReceivedObjects {
 public:
  /// The database must outlive it.
  explicit ReceivedObjects(Database& database) : database_(database) {}

  /// Commits the object to the store, with its exam: after the return the sender may be told that
  /// the object is safe. An image to be measured opens its exam, or opens it again as a new
  /// revision. An image of the same UID under another study leaves the exam that it was in, which
  /// becomes a new revision too. Throws Error(kIo) where the store cannot be written: nothing is
  /// changed then.
  Receipt Add(const ReceivedObject& object, const CompletenessRules& rules);

  /// The object in use with this SOP Instance UID.
  std::optional<ReceivedObject> Find(const std::string& sop_uid);
  /// The images of an exam that are in use, in the order of their arrival.
  std::vector<ReceivedObject> OfExam(std::int64_t exam);
  /// The newest objects of a study that are not measured, at most `limit`, with their reasons.
  std::vector<ReceivedObject> NotMeasured(const std::string& study_uid, int limit);

 private:
  Database& database_;
};

}  // namespace mhcnn
