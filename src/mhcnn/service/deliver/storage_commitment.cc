#include "mhcnn/service/deliver/storage_commitment.h"

#include <fmt/format.h>

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/service/deliver/dicom_association.h"

namespace mhcnn {
namespace {

using Clock = std::chrono::steady_clock;

/// Instance of the Storage Commitment Push Model (PS3.4 J.3.5).
constexpr const char* kInstance = "1.2.840.10008.1.20.1.1";
constexpr DIC_US kRequestCommitment = 1;  // action type
constexpr DIC_US kProcessingFailure = 0x0110, kNoSuchEventType = 0x0113;

OFCondition SendRequest(DicomAssociation& association, T_ASC_PresentationContextID context,
                        const std::string& transaction_uid,
                        const std::vector<Delivery>& deliveries) {
  DcmDataset information;
  information.putAndInsertString(DCM_TransactionUID, transaction_uid.c_str());
  for (const auto& delivery : deliveries) {
    DcmItem* item = nullptr;
    if (information.findOrCreateSequenceItem(DCM_ReferencedSOPSequence, item, -2).bad()) {
      throw Error(ErrorCode::kInternal, "a request for storage commitment could not be made");
    }
    item->putAndInsertString(DCM_ReferencedSOPClassUID, delivery.sop_class_uid.c_str());
    item->putAndInsertString(DCM_ReferencedSOPInstanceUID, delivery.sop_uid.c_str());
  }
  T_DIMSE_Message message{};
  message.CommandField = DIMSE_N_ACTION_RQ;
  T_DIMSE_N_ActionRQ& request = message.msg.NActionRQ;
  request.MessageID = association.NextMessage();
  OFStandard::strlcpy(request.RequestedSOPClassUID, UID_StorageCommitmentPushModelSOPClass,
                      sizeof(request.RequestedSOPClassUID));
  OFStandard::strlcpy(request.RequestedSOPInstanceUID, kInstance,
                      sizeof(request.RequestedSOPInstanceUID));
  request.ActionTypeID = kRequestCommitment;
  request.DataSetType = DIMSE_DATASET_PRESENT;
  return DIMSE_sendMessageUsingMemoryData(association.get(), context, &message, nullptr,
                                          &information, nullptr, nullptr);
}

/// Reads the data set of an N-EVENT-REPORT request and answers the request.
OFCondition ReceiveReport(DicomAssociation& association, T_ASC_PresentationContextID context,
                          const T_DIMSE_N_EventReportRQ& event, const std::string& transaction_uid,
                          std::optional<CommitmentResult>& report) {
  DcmDataset* information = nullptr;
  OFCondition status = EC_Normal;
  if (event.DataSetType == DIMSE_DATASET_PRESENT) {
    status = DIMSE_receiveDataSetInMemory(association.get(), DIMSE_NONBLOCKING,
                                          association.timeout_seconds(), &context, &information,
                                          nullptr, nullptr);
  }
  if (status.good() && information != nullptr) report = ReadCommitmentResult(*information);
  if (report && report->transaction_uid != transaction_uid) report.reset();
  delete information;
  if (status.bad()) return status;
  T_DIMSE_Message message{};
  message.CommandField = DIMSE_N_EVENT_REPORT_RSP;
  T_DIMSE_N_EventReportRSP& response = message.msg.NEventReportRSP;
  response.MessageIDBeingRespondedTo = event.MessageID;
  response.DimseStatus = event.EventTypeID != 1 && event.EventTypeID != 2 ? kNoSuchEventType
                         : report                                         ? STATUS_Success
                                                                          : kProcessingFailure;
  response.DataSetType = DIMSE_DATASET_NULL;
  OFStandard::strlcpy(response.AffectedSOPClassUID, event.AffectedSOPClassUID,
                      sizeof(response.AffectedSOPClassUID));
  OFStandard::strlcpy(response.AffectedSOPInstanceUID, event.AffectedSOPInstanceUID,
                      sizeof(response.AffectedSOPInstanceUID));
  response.EventTypeID = event.EventTypeID;
  response.opts = O_NEVENTREPORT_AFFECTEDSOPCLASSUID | O_NEVENTREPORT_AFFECTEDSOPINSTANCEUID |
                  O_NEVENTREPORT_EVENTTYPEID;
  return DIMSE_sendMessageUsingMemoryData(association.get(), context, &message, nullptr, nullptr,
                                          nullptr, nullptr);
}

}  // namespace

CommitmentAnswer AskCommitment(const DestinationConfig& destination,
                               const std::string& transaction_uid,
                               const std::vector<Delivery>& deliveries,
                               std::chrono::milliseconds wait,
                               const std::function<void()>& before_request) {
  CommitmentAnswer answer;
  DicomAssociation association(destination);
  const std::vector<ProposedContext> contexts{
      {UID_StorageCommitmentPushModelSOPClass, UID_LittleEndianExplicitTransferSyntax},
      {UID_StorageCommitmentPushModelSOPClass, UID_LittleEndianImplicitTransferSyntax}};
  answer.asked = association.Open(contexts);
  if (answer.asked.result != SendResult::kStored) return answer;
  T_ASC_PresentationContextID context = association.Accepted(contexts[0]);
  if (context == 0) context = association.Accepted(contexts[1]);
  before_request();
  OFCondition status = SendRequest(association, context, transaction_uid, deliveries);
  bool responded = false;
  Clock::time_point until = Clock::now() + std::chrono::seconds(association.timeout_seconds());
  while (status.good() && !(responded && answer.report)) {
    const auto left =
        std::chrono::duration_cast<std::chrono::seconds>(until - Clock::now()).count();
    T_DIMSE_Message message{};
    status = DIMSE_receiveCommand(association.get(), DIMSE_NONBLOCKING,
                                  static_cast<int>(std::max<std::int64_t>(left, 1)), &context,
                                  &message, nullptr);
    if (status.bad()) break;
    if (message.CommandField == DIMSE_N_ACTION_RSP) {
      responded = true;
      until = Clock::now() + wait;
      if (const DIC_US code = message.msg.NActionRSP.DimseStatus; code != STATUS_Success) {
        answer.asked = {SendResult::kTransient,
                        fmt::format("the destination refused the request for storage commitment, "
                                    "status {:04X}",
                                    code)};
        break;
      }
      if (wait.count() <= 0) break;
    } else if (message.CommandField == DIMSE_N_EVENT_REPORT_RQ) {
      status = ReceiveReport(association, context, message.msg.NEventReportRQ, transaction_uid,
                             answer.report);
    } else {
      status = DIMSE_BADCOMMANDTYPE;
    }
  }
  if (status.bad()) {
    // The report may come elsewhere: only a request that was not answered has failed.
    if (status == DUL_PEERREQUESTEDRELEASE) {
      association.ConfirmRelease();
    } else if (!responded) {
      answer.asked = association.Fail(status);
    } else if (!DicomAssociation::IsTimeout(status)) {
      association.Abort();
    }
    if (!responded && answer.asked.result == SendResult::kStored) {
      answer.asked = {SendResult::kTransient,
                      "the destination released the association before it answered the request "
                      "for storage commitment"};
    }
  }
  association.Close();
  return answer;
}

}  // namespace mhcnn
