#include "mhcnn/service/receive/report_request.h"

#include <dcmtk/dcmdata/dcistrmb.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/elements.h"
#include "mhcnn/service/receive/message_data.h"
#include "mhcnn/service/received_header.h"

namespace mhcnn {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20;
constexpr int kNoSuchEventType = 0x0113, kInvalidArgument = 0x0115, kNoSuchInstance = 0x0112,
              kProcessingFailure = 0x0110, kNoSuchClass = 0x0118;

/// Parses Event Information in a plain transfer syntax, after its structure was checked.
CommitmentResult Parse(std::vector<std::uint8_t>& bytes, const std::string& syntax) {
  const DcmXfer xfer(syntax.c_str());
  CheckElements(bytes, xfer.isExplicitVR() != OFFalse, xfer.isBigEndian() != OFFalse);
  DcmInputBufferStream stream;
  stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
  stream.setEos();
  DcmDataset information;
  information.transferInit();
  const OFCondition status = information.read(stream, xfer.getXfer());
  information.transferEnd();
  if (status.bad()) throw Error(ErrorCode::kCorrupt, "the report cannot be parsed");
  auto report = ReadCommitmentResult(information);
  if (!report || !IsUid(report->transaction_uid)) {
    throw Error(ErrorCode::kCorrupt, "has no valid Transaction UID");
  }
  std::erase_if(report->committed, [](const std::string& uid) { return !IsUid(uid); });
  std::erase_if(report->failed, [](const auto& one) { return !IsUid(one.first); });
  return *report;
}

OFCondition Respond(T_ASC_Association& association, T_ASC_PresentationContextID context,
                    const T_DIMSE_N_EventReportRQ& request, int status) {
  T_DIMSE_Message message{};
  message.CommandField = DIMSE_N_EVENT_REPORT_RSP;
  T_DIMSE_N_EventReportRSP& response = message.msg.NEventReportRSP;
  response.MessageIDBeingRespondedTo = request.MessageID;
  response.DimseStatus = static_cast<DIC_US>(status);
  response.DataSetType = DIMSE_DATASET_NULL;
  response.EventTypeID = request.EventTypeID;
  std::memcpy(response.AffectedSOPClassUID, request.AffectedSOPClassUID,
              sizeof response.AffectedSOPClassUID);
  std::memcpy(response.AffectedSOPInstanceUID, request.AffectedSOPInstanceUID,
              sizeof response.AffectedSOPInstanceUID);
  response.opts = O_NEVENTREPORT_AFFECTEDSOPCLASSUID | O_NEVENTREPORT_AFFECTEDSOPINSTANCEUID |
                  O_NEVENTREPORT_EVENTTYPEID;
  return DIMSE_sendMessageUsingMemoryData(&association, context, &message, nullptr, nullptr,
                                          nullptr, nullptr);
}

/// Sets the status and the problem of the answer.
void Judge(const T_DIMSE_N_EventReportRQ& request, std::vector<std::uint8_t>& bytes,
           const std::string& syntax, Commitments& commitments, ReportAnswer& answer) {
  const auto fail = [&](int status, const char* problem) {
    answer.status = status;
    answer.problem = problem;
  };
  if (std::strcmp(request.AffectedSOPClassUID, UID_StorageCommitmentPushModelSOPClass) != 0) {
    fail(kNoSuchClass, "it is not a report of storage commitment");
    return;
  }
  // 1: all is stored; 2: some is not (PS3.4 J.3.3.1).
  if (request.EventTypeID != 1 && request.EventTypeID != 2) {
    fail(kNoSuchEventType, "its event type is not known");
    return;
  }
  try {
    answer.report = Parse(bytes, syntax);
  } catch (const Error&) {
    fail(kInvalidArgument, "its content cannot be understood");
    return;
  }
  try {
    const CommitmentResult& report = answer.report;
    if (!commitments.Reported(report.transaction_uid, report.committed, report.failed)) {
      fail(kNoSuchInstance, "nobody asked for this transaction");
    }
  } catch (const Error&) {
    // The destination may report again.
    fail(kProcessingFailure, "the job store cannot be written");
  }
}

}  // namespace

ReportAnswer AnswerReport(T_ASC_Association& association, T_ASC_PresentationContextID context,
                          const T_DIMSE_N_EventReportRQ& request, Commitments& commitments,
                          std::chrono::milliseconds patience) {
  ReportAnswer answer;
  T_ASC_PresentationContext agreed;
  answer.condition = ASC_findAcceptedPresentationContext(association.params, context, &agreed);
  if (answer.condition.bad()) return answer;
  std::vector<std::uint8_t> bytes;
  if (request.DataSetType != DIMSE_DATASET_NULL) {
    const MessageData data =
        ReceiveData(association, context, kMostBytes, patience, [&](auto piece) {
          bytes.insert(bytes.end(), piece.begin(), piece.end());
          return true;
        });
    answer.condition = data.condition;
    if (data.end == MessageData::End::kBroken) return answer;
    if (data.end != MessageData::End::kWhole) bytes.clear();
  }
  Judge(request, bytes, agreed.acceptedTransferSyntax, commitments, answer);
  answer.condition = Respond(association, context, request, answer.status);
  return answer;
}

}  // namespace mhcnn
