#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mhcnn {

class Database;

/// Use of an object that the node received. The numbers are in the rows and in the statements of
/// the store: they never change.
enum class ObjectPurpose {
  kMeasure = 0,     ///< an image to be analysed with its exam
  kKeep = 1,        ///< stored, not analysed: another class or another kind of image
  kOwnResult = 2,   ///< made by this program; counted and otherwise ignored, so that no loop begins
  kQuarantine = 3,  ///< could not be understood; kept for a person to look at
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
  std::filesystem::path file;  ///< path below the object folder
  std::uint64_t bytes = 0;     ///< size of the file
  std::string peer;            ///< source: "dicom:AE@192.0.2.1", "stow:192.0.2.1", "folder:NAME"
  ObjectPurpose use = ObjectPurpose::kMeasure;  ///< use of the object
  std::string reason;                           ///< reason why it is not measured; "" if it is
};

/// Result of adding a received object to the store.
struct Receipt {
  /// Relation of the object to the earlier objects of the store.
  enum class Kind {
    kNew,        ///< first of its SOP Instance UID
    kDuplicate,  ///< the same UID and digest as the one in use: nothing was changed
    kRevision,   ///< the same UID with other content: replaces the earlier object
  };
  Kind kind = Kind::kNew;      ///< kind of the result
  std::int64_t object = 0;     ///< row of the object
  std::filesystem::path file;  ///< the file in use; a duplicate has the earlier object's file
  /// Whether the exam is measured again because of it: a new image, other pixels, other
  /// demographics.
  bool changes_exam = false;
};

/// Rules by which an exam counts as complete.
struct CompletenessRules {
  std::chrono::milliseconds quiet{60'000};          ///< time since its last image
  std::chrono::milliseconds hard_limit{1'800'000};  ///< time since its first image of this revision
  /// Time since the last image, if all four standard views are there.
  std::chrono::milliseconds four_views{5'000};

  /// Throws Error(kUsage) that names the field that is out of range.
  void Check() const;
};

/// The objects that a node received. Only `superseded` of a row ever changes.
class ReceivedObjects {
 public:
  /// The database must outlive it.
  explicit ReceivedObjects(Database& database) : database_(database) {}

  /// Commits the object to the store, with its exam: after the return the sender may be told that
  /// the object is safe. An image to be measured opens its exam, or opens it again as a new
  /// revision. An image of the same UID under another study leaves the exam that it was in, which
  /// becomes a new revision too. Throws Error(kIo) if the store cannot be written: nothing is
  /// changed then.
  Receipt Add(const ReceivedObject& object, const CompletenessRules& rules);

  /// Returns the object in use with this SOP Instance UID.
  std::optional<ReceivedObject> Find(const std::string& sop_uid);
  /// Returns the images of an exam that are in use, in the order of their arrival.
  std::vector<ReceivedObject> ListForExam(std::int64_t exam);
  /// Returns the newest objects of a study that are not measured, at most `limit`, with reasons.
  std::vector<ReceivedObject> NotMeasured(const std::string& study_uid, int limit);

 private:
  Database& database_;
};

}  // namespace mhcnn
