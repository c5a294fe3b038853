#pragma once

#include <string>
#include <vector>

namespace mhcnn {

/// Facts in a file, in addition to Patient ID and Study Date, that show whose image it is and from
/// which visit; empty where not stated. The date of birth and the parts of the name are hashes, so
/// that they can be compared without being kept.
struct PatientIdentity {
  std::string issuer = {};  ///< Issuer of Patient ID (0010,0021), as NormalizeId gives it
  std::string birth = {};   ///< hash of the birth date (0010,0030)
  std::string sex = {};     ///< "F" or "M" of (0010,0040)
  std::vector<std::string> names = {};  ///< hashes of the parts of (0010,0010), sorted, each once
  std::string acquisition_date = {};    ///< YYYYMMDD of (0008,0022), else of (0008,002A)
  /// Compares all fields.
  bool operator==(const PatientIdentity&) const = default;
};

/// Returns an identifier in capitals, trimmed, with one blank for each run of blanks.
std::string NormalizeId(const std::string& text);

/// Returns YYYYMMDD of a DICOM Date or Date Time, also as older files write it (1999.12.31). Empty
/// where the text is not a date, or means "unknown" (1900-01-01 and before).
std::string ToPlainDate(const std::string& text);

/// Returns the hash of a date of birth; empty where ToPlainDate is.
std::string HashBirthDate(const std::string& date);

/// Returns hashes of the words of a Person Name in all components and groups, sorted, each once.
std::vector<std::string> HashNameParts(const std::string& name);

}  // namespace mhcnn
