#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mhcnn {

class Database;

/// A DICOM object whose file is in the object folder: a received one in use, or a result of the
/// newest revision of its exam.
struct StoredObject {
  bool result = false;  ///< whether this node made it
  /// Unique identifiers of the object, its class and its study.
  std::string sop_uid, sop_class_uid, study_uid;
  std::string digest;          ///< SHA-256 of the file
  std::filesystem::path file;  ///< path below the object folder
  std::uint64_t bytes = 0;     ///< size of the file
};

/// A study of which the node has files.
struct StoredStudy {
  /// Study Instance UID, Patient ID and Study Date.
  std::string study_uid, patient_id, study_date;
};

/// Conditions for a list of studies. Empty fields choose all.
struct StoredStudyFilter {
  std::string patient_id;  ///< Patient ID with the wildcards "*" and "?"
  /// Study Instance UIDs; a study has one of them.
  std::vector<std::string> study_uids;
  std::string date_from, date_to;  ///< YYYYMMDD, both inclusive
  int limit = 100;                 ///< largest number of studies
  std::int64_t offset = 0;         ///< number of studies left out at the beginning
};

/// The DICOM objects of a node as a DICOMweb client sees them: images and other objects that it
/// received, without what is in quarantine and what came back of its own results, and the results.
class StoredObjects {
 public:
  /// The database must outlive it.
  explicit StoredObjects(Database& database) : database_(database) {}

  /// Returns studies, the one with the newest object first.
  std::vector<StoredStudy> Studies(const StoredStudyFilter& filter);
  /// Returns the objects of a study: received objects in their order, then the results.
  std::vector<StoredObject> ListForStudy(const std::string& study_uid);

 private:
  Database& database_;
};

}  // namespace mhcnn
