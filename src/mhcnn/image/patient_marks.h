#pragma once

#include <string>
#include <vector>

namespace mhcnn {

/// By what a file tells, beside Patient ID and Study Date, whose picture it is and from which
/// visit; empty where it does not say. The date of birth and the parts of the name are hashes, so
/// that they can be compared without being kept.
struct PatientMarks {
  std::string issuer = {};  ///< Issuer of Patient ID (0010,0021), as ComparableId gives it
  std::string birth = {};   ///< hash of (0010,0030)
  std::string sex = {};     ///< "F" or "M" of (0010,0040)
  std::vector<std::string> names = {};  ///< hashes of the parts of (0010,0010), sorted
  std::string acquisition_date = {};    ///< YYYYMMDD of (0008,0022), else of (0008,002A)
  /// Compares all marks.
  bool operator==(const PatientMarks&) const = default;
};

/// An identifier without what makes no difference: blanks at its ends, runs of them, small letters.
std::string ComparableId(const std::string& text);

/// YYYYMMDD of a DICOM Date or Date Time, also as older files write it (1999.12.31). Empty where it
/// is none, or stands for "unknown" (1900-01-01 and before).
std::string PlainDate(const std::string& text);

/// Hash of a date of birth; empty where PlainDate is.
std::string BirthHash(const std::string& date);

/// Hashes of the components of a Person Name in all its groups, sorted, each once.
std::vector<std::string> NameHashes(const std::string& name);

}  // namespace mhcnn
