#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {

/// The report of a destination on a request for storage commitment (PS3.4 table J.3-2).
struct CommitmentResult {
  std::string transaction_uid;                              ///< transaction UID of the request
  std::vector<std::string> committed;                       ///< SOP Instance UIDs
  std::vector<std::pair<std::string, std::string>> failed;  ///< UIDs with a line of reason each
};

/// Reads the event information of an N-EVENT-REPORT; nothing if it has no Transaction UID. The UIDs
/// are as the peer wrote them. Never throws.
std::optional<CommitmentResult> ReadCommitmentResult(DcmItem& information);

}  // namespace mhcnn
