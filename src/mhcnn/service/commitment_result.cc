#include "mhcnn/service/commitment_result.h"

#include <fmt/format.h>

namespace mhcnn {
namespace {

/// Limit of objects: more than any request of this node names.
constexpr unsigned long kMaxObjects = 10000;

/// PS3.3 C.14.1.1.
const char* DescribeFailureReason(int reason) {
  switch (reason) {
    case 0x0110:
      return "it could not process the request";
    case 0x0112:
      return "it does not have the object";
    case 0x0119:
      return "it has an object of this UID of another class";
    case 0x0122:
      return "it does not support the SOP class";
    case 0x0131:
      return "it saw the transaction twice";
    case 0x0213:
      return "it has no resources left";
    default:
      return "it gave no reason";
  }
}

}  // namespace

std::optional<CommitmentResult> ReadCommitmentResult(DcmItem& information) {
  CommitmentResult report;
  report.transaction_uid = DicomText(information, DCM_TransactionUID);
  if (report.transaction_uid.empty()) return std::nullopt;
  for (unsigned long i = 0; i < kMaxObjects; ++i) {
    DcmItem* item = DicomSequenceItem(information, DCM_ReferencedSOPSequence, i);
    if (item == nullptr) break;
    const std::string uid = DicomText(*item, DCM_ReferencedSOPInstanceUID);
    if (!uid.empty()) report.committed.push_back(uid);
  }
  for (unsigned long i = 0; i < kMaxObjects; ++i) {
    DcmItem* item = DicomSequenceItem(information, DCM_FailedSOPSequence, i);
    if (item == nullptr) break;
    const std::string uid = DicomText(*item, DCM_ReferencedSOPInstanceUID);
    const int reason = DicomUnsigned(*item, DCM_FailureReason).value_or(0);
    if (!uid.empty()) {
      report.failed.emplace_back(uid, fmt::format("storage commitment failed, reason {:04X}: {}",
                                                  reason, DescribeFailureReason(reason)));
    }
  }
  return report;
}

}  // namespace mhcnn
