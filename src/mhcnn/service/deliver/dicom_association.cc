#include "mhcnn/service/deliver/dicom_association.h"

#include <fmt/format.h>

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/dicom_tls.h"
// Stays below dcmtk.h.
#include <dcmtk/dcmnet/dcmtrans.h>

namespace mhcnn {
namespace {

constexpr long kMaxPdu = 65536;
constexpr std::size_t kMaxContexts = 128;

std::string DescribeCondition(const OFCondition& status) {
  const std::string text = ToDisplayText(Trim(status.text()));
  // The toolkit's messages may have several lines: the last one has the reason.
  const auto line = text.rfind("\\x0A");
  return line == std::string::npos ? text : Trim(text.substr(line + 4));
}

/// Returns the outcome that a rejection means (PS3.8 table 9-21).
SendOutcome ToRejectionOutcome(T_ASC_Parameters* parameters, const DestinationConfig& destination) {
  T_ASC_RejectParameters reject{};
  if (ASC_getRejectParameters(parameters, &reject).bad()) {
    return {SendResult::kTransient, "the destination rejected the association"};
  }
  const auto result = reject.result == ASC_RESULT_REJECTEDTRANSIENT ? SendResult::kTransient
                                                                    : SendResult::kPermanent;
  switch (reject.reason) {
    case ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED:
      return {result, "the destination rejected the association: it is not '" +
                          ToDisplayText(destination.called_ae) + "'; correct called_ae"};
    case ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED:
      return {result, "the destination rejected the association: it does not know '" +
                          ToDisplayText(destination.calling_ae) +
                          "'; enter this AE title there, or correct calling_ae"};
    case ASC_REASON_SP_PRES_TEMPORARYCONGESTION:
    case ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED:
      return {result, "the destination rejected the association: it is busy"};
    default:
      break;
  }
  return {result, fmt::format("the destination rejected the association ({}, source {}, reason {})",
                              result == SendResult::kPermanent ? "permanent" : "transient",
                              (static_cast<int>(reject.reason) >> 8) & 0xFF,
                              static_cast<int>(reject.reason) & 0xFF)};
}

}  // namespace

DicomAssociation::DicomAssociation(const DestinationConfig& destination)
    : destination_(destination),
      timeout_(static_cast<int>(std::max<std::int64_t>(1, destination.timeout.count() / 1000))) {
  InitDcmtk();
  dcmDisableGethostbyaddr.set(OFTrue);
  dcmConnectionTimeout.set(timeout_);
  dcmSocketSendTimeout.set(timeout_);
  dcmSocketReceiveTimeout.set(timeout_);
  if (destination.tls.on()) tls_ = MakeDicomTls(destination.tls, NET_REQUESTOR);
  OFCondition status = ASC_initializeNetwork(NET_REQUESTOR, 0, timeout_, &network_);
  if (status.good() && tls_) status = ASC_setTransportLayer(network_, tls_.get(), 0);
  if (status.bad()) {
    throw Error(ErrorCode::kInternal,
                "the DICOM network layer does not start: " + DescribeCondition(status));
  }
}

DicomAssociation::~DicomAssociation() {
  if (association_ != nullptr) Abort();
  ASC_dropNetwork(&network_);
}

SendOutcome DicomAssociation::Open(const std::vector<ProposedContext>& contexts) {
  T_ASC_Parameters* parameters = nullptr;
  OFCondition status = ASC_createAssociationParameters(&parameters, kMaxPdu);
  if (status.bad()) return {SendResult::kTransient, DescribeCondition(status)};
  ASC_setAPTitles(parameters, destination_.calling_ae.c_str(), destination_.called_ae.c_str(),
                  nullptr);
  ASC_setTransportLayerType(parameters, tls_ != nullptr);
  const std::string address = fmt::format("{}:{}", destination_.host, destination_.port);
  ASC_setPresentationAddresses(parameters, "localhost", address.c_str());
  T_ASC_PresentationContextID id = 1;
  for (std::size_t i = 0; i < std::min(contexts.size(), kMaxContexts); ++i) {
    const char* syntax[] = {contexts[i].transfer_syntax.c_str()};
    ASC_addPresentationContext(parameters, id, contexts[i].abstract_syntax.c_str(), syntax, 1);
    id = static_cast<T_ASC_PresentationContextID>(id + 2);
  }
  status = ASC_requestAssociation(network_, parameters, &association_);
  if (status.bad()) {
    SendOutcome outcome;
    if (status == DUL_ASSOCIATIONREJECTED) {
      outcome = ToRejectionOutcome(parameters, destination_);
    } else {
      outcome.text =
          "no association with " + ToDisplayText(address) + ": " + DescribeCondition(status);
    }
    if (association_ != nullptr) {
      ASC_destroyAssociation(&association_);
    } else {
      ASC_destroyAssociationParameters(&parameters);
    }
    association_ = nullptr;
    return outcome;
  }
  if (ASC_countAcceptedPresentationContexts(parameters) == 0) {
    Abort();
    return {SendResult::kPermanent,
            "the destination accepts no SOP class and transfer syntax of the results; allow them "
            "there (mhcnn deliver --check lists them)"};
  }
  return {SendResult::kStored, ""};
}

T_ASC_PresentationContextID DicomAssociation::Accepted(const ProposedContext& context) const {
  if (association_ == nullptr) return 0;
  return ASC_findAcceptedPresentationContextID(association_, context.abstract_syntax.c_str(),
                                               context.transfer_syntax.c_str());
}

bool DicomAssociation::IsTimeout(const OFCondition& status) {
  return status == DIMSE_NODATAAVAILABLE || status == DUL_READTIMEOUT;
}

SendOutcome DicomAssociation::Fail(const OFCondition& status) {
  SendOutcome outcome;
  if (IsTimeout(status)) {
    outcome.text = fmt::format("the destination gave no answer within {} s", timeout_);
  } else if (status == DUL_PEERABORTEDASSOCIATION) {
    outcome.text = "the destination aborted the association";
  } else if (status == DUL_PEERREQUESTEDRELEASE) {
    outcome.text = "the destination released the association before it answered";
  } else {
    outcome.text = "the association broke: " + DescribeCondition(status);
  }
  Abort();
  return outcome;
}

void DicomAssociation::Close() {
  if (association_ == nullptr) return;
  if (ASC_releaseAssociation(association_).bad()) return Abort();
  ASC_destroyAssociation(&association_);
  association_ = nullptr;
}

void DicomAssociation::ConfirmRelease() {
  if (association_ == nullptr) return;
  ASC_acknowledgeRelease(association_);
  ASC_dropSCPAssociation(association_, 1);
  ASC_destroyAssociation(&association_);
  association_ = nullptr;
}

void DicomAssociation::Abort() {
  if (association_ == nullptr) return;
  ASC_abortAssociation(association_);
  ASC_destroyAssociation(&association_);
  association_ = nullptr;
}

}  // namespace mhcnn
