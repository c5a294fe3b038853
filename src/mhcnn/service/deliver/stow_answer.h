#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace mhcnn {

/// Outcomes of the objects in the answer to a STOW-RS request (PS3.18 table 10.5.3-1).
struct StowAnswer {
  std::set<std::string> stored;                 ///< SOP Instance UIDs of (0008,1199)
  std::map<std::string, std::uint16_t> failed;  ///< UIDs of (0008,1198), with the Failure Reason
};

/// Reads an answer in `application/dicom+json`, or in `application/dicom+xml` for servers that know
/// nothing else. Returns nothing where it is neither. Never throws.
std::optional<StowAnswer> ReadStowAnswer(const std::string& body);

}  // namespace mhcnn
