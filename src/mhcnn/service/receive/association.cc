#include "mhcnn/service/receive/association.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <csignal>
#include <cstring>
#include <memory>
#include <optional>

#include "mhcnn/base/error.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/uid.h"
#include "mhcnn/service/dicom_tls.h"
#include "mhcnn/service/intake.h"
#include "mhcnn/service/receive/association_audit.h"
#include "mhcnn/service/receive/deadline.h"
#include "mhcnn/service/receive/negotiation.h"
#include "mhcnn/service/receive/part10_head.h"
#include "mhcnn/service/receive/report_request.h"
#include "mhcnn/service/receive/store_request.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kSlack{2000};
constexpr int kFarewellSeconds = 1;
constexpr rlim_t kMostMemory = rlim_t{2} << 30;

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

/// Returns whether a stop signal waits. Signals stay blocked: none interrupts the toolkit.
bool StopRequested() {
  const sigset_t signals = StopSignals();
  const timespec now{};
  return ::sigtimedwait(&signals, nullptr, &now) > 0;
}

int Seconds(milliseconds time) { return static_cast<int>((time.count() + 999) / 1000); }

void PrepareProcess() {
  const sigset_t signals = StopSignals();
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
#ifndef __SANITIZE_ADDRESS__  // which maps much more memory than the program uses
  const rlimit memory{kMostMemory, kMostMemory};
  ::setrlimit(RLIMIT_DATA, &memory);
#endif
}

/// Network and association of the toolkit.
class Connection {
 public:
  Connection() = default;
  ~Connection() {
    if (association != nullptr) {
      ASC_dropAssociation(association);
      ASC_destroyAssociation(&association);
    }
    if (network != nullptr) ASC_dropNetwork(&network);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  T_ASC_Network* network = nullptr;
  T_ASC_Association* association = nullptr;
};

class Association {
 public:
  Association(const AssociationContext& setup, int socket, std::string address)
      : setup_(setup),
        config_(setup.config),
        receive_(setup.config.receive),
        socket_(socket),
        address_(std::move(address)) {}

  AssociationEnd Run() {
    if (!ReceiveRequest()) return AssociationEnd::kAborted;
    Negotiation negotiation = Negotiate(*connection_.association->params, receive_, address_);
    title_ = ToDisplayText(negotiation.calling);
    peer_ = title_ + "@" + address_;
    if (!negotiation.rejected) OpenStore(negotiation);
    if (negotiation.rejected) {
      Reject(negotiation);
      return AssociationEnd::kRejected;
    }
    std::strcpy(connection_.association->params->ourImplementationClassUID,
                kImplementationClassUid);
    std::strcpy(connection_.association->params->ourImplementationVersionName,
                ImplementationVersionName().c_str());
    if (!Acknowledge()) return AssociationEnd::kAborted;
    spdlog::debug("association of {} begins", peer_);
    return Serve();
  }

  /// Writes the audit events. Called after the work, which remains valid if this fails.
  void Record() {
    if (!store_ || !config_.audit.enabled) return;
    for (const auto& entry : audit_.Entries(title_, address_)) {
      mhcnn::Record(*store_, entry, config_.name);
    }
  }

  void LogEnd(AssociationEnd end) const {
    if (end == AssociationEnd::kRejected) return;
    const char* how = end == AssociationEnd::kReleased   ? "was released"
                      : end == AssociationEnd::kTimedOut ? "was aborted: the peer is silent"
                      : end == AssociationEnd::kStopped  ? "was aborted: the node stops"
                                                         : "was aborted";
    const auto level = end == AssociationEnd::kReleased ? spdlog::level::info : spdlog::level::warn;
    spdlog::log(level, "association of {} {}; {} objects safe, {} refused",
                peer_.empty() ? address_ : peer_, how, safe_, refused_);
  }

 private:
  bool ReceiveRequest() {
    const int seconds = Seconds(receive_.association_timeout);
    const Deadline deadline(receive_.association_timeout + kSlack);
    dcmDisableGethostbyaddr.set(OFTrue);
    dcmSocketReceiveTimeout.set(Seconds(receive_.message_timeout));
    dcmSocketSendTimeout.set(Seconds(receive_.message_timeout));
    dcmExternalSocketHandle.set(socket_);
    if (ASC_initializeNetwork(NET_ACCEPTOR, 0, seconds, &connection_.network).bad()) return false;
    if (setup_.tls != nullptr) {
      ASC_setTransportLayer(connection_.network, setup_.tls, 0);
    }
    const OFCondition status = ASC_receiveAssociation(
        connection_.network, &connection_.association, receive_.max_pdu, nullptr, nullptr,
        setup_.tls != nullptr ? OFTrue : OFFalse, DUL_NOBLOCK, seconds);
    if (status.good()) return true;
    spdlog::warn("{}: no association: {}", address_,
                 setup_.tls != nullptr ? "TLS was not agreed on, or the request is damaged"
                                       : "the request is damaged");
    return false;
  }

  void Reject(Negotiation& negotiation) {
    spdlog::warn("association of {} is rejected: {}", peer_, negotiation.problem);
    ASC_rejectAssociation(connection_.association, &negotiation.rejection);
    if (negotiation.rejection.result != ASC_RESULT_REJECTEDPERMANENT || !config_.audit.enabled) {
      return;
    }
    try {
      JobStore store(config_.store);
      mhcnn::Record(store, RejectionEntry(title_, address_, negotiation.problem), config_.name);
    } catch (const Error& e) {
      spdlog::error("the rejection could not be written to the audit trail: {}", e.what());
    }
  }

  bool Acknowledge() {
    const Deadline deadline(receive_.association_timeout + kSlack);
    return ASC_acknowledgeAssociation(connection_.association).good();
  }

  /// Opens the store, unless the peer only echoes. A peer that sends objects is rejected for now
  /// where there is no store or no room.
  void OpenStore(Negotiation& negotiation) {
    if (!negotiation.stores && !negotiation.reports) return;
    try {
      store_.emplace(config_.store);
      intake_.emplace(*store_, setup_.folder, config_);
      if (!negotiation.stores || intake_->HasRoom(&negotiation.problem)) return;
    } catch (const Error& e) {
      negotiation.problem = e.what();
    }
    negotiation.rejected = true;
    negotiation.rejection = MakeCongestionRejection();
  }

  AssociationEnd Serve() {
    auto until = std::chrono::steady_clock::now() + receive_.message_timeout;
    while (std::chrono::steady_clock::now() < until) {
      if (StopRequested()) {
        Abort();
        return AssociationEnd::kStopped;
      }
      if (!ASC_dataWaiting(connection_.association, 1)) continue;
      const OFCondition status = AnswerMessage();
      if (status == DUL_PEERREQUESTEDRELEASE) {
        // The peer closes the connection; if it does not, this side does.
        const Deadline deadline(receive_.association_timeout + kSlack);
        ASC_acknowledgeRelease(connection_.association);
        ASC_dropSCPAssociation(connection_.association, kFarewellSeconds);
        return AssociationEnd::kReleased;
      }
      if (status == DUL_PEERABORTEDASSOCIATION) return AssociationEnd::kAborted;
      if (status.bad()) {
        Abort();
        return status == DUL_READTIMEOUT || status == DIMSE_NODATAAVAILABLE
                   ? AssociationEnd::kTimedOut
                   : AssociationEnd::kAborted;
      }
      until = std::chrono::steady_clock::now() + receive_.message_timeout;
    }
    Abort();
    return AssociationEnd::kTimedOut;
  }

  void Abort() {
    const Deadline deadline(kSlack);
    ASC_abortAssociation(connection_.association);
  }

  OFCondition AnswerMessage() {
    T_ASC_PresentationContextID context = 0;
    T_DIMSE_Message message{};
    {
      const Deadline deadline(receive_.message_timeout + kSlack);
      DcmDataset* detail = nullptr;
      const OFCondition status =
          DIMSE_receiveCommand(connection_.association, DIMSE_NONBLOCKING,
                               Seconds(receive_.message_timeout), &context, &message, &detail);
      const std::unique_ptr<DcmDataset> owned(detail);
      if (status.bad()) return status;
    }
    switch (message.CommandField) {
      case DIMSE_C_ECHO_RQ:
        return DIMSE_sendEchoResponse(connection_.association, context, &message.msg.CEchoRQ,
                                      STATUS_ECHO_Success, nullptr);
      case DIMSE_C_STORE_RQ:
        return Store(context, message.msg.CStoreRQ);
      case DIMSE_N_EVENT_REPORT_RQ:
        return Report(context, message.msg.NEventReportRQ);
      case DIMSE_C_CANCEL_RQ:
        return EC_Normal;
      default:
        return DIMSE_BADCOMMANDTYPE;
    }
  }

  OFCondition Store(T_ASC_PresentationContextID context, const T_DIMSE_C_StoreRQ& request) {
    if (!intake_) return DIMSE_BADCOMMANDTYPE;
    const StoreAnswer answer = AnswerStore(*connection_.association, context, request,
                                           {config_, setup_.folder, *intake_, "dicom:" + peer_});
    if (answer.condition.good()) audit_.Add(answer.outcome);
    if (answer.outcome.safe) {
      ++safe_;
    } else {
      ++refused_;
      spdlog::warn("object {} of {} is refused with status {:04X}: {}",
                   ToDisplayText(request.AffectedSOPInstanceUID), peer_, answer.status,
                   answer.condition.bad() ? "it did not arrive completely"
                                          : ToDisplayText(answer.outcome.problem));
    }
    return answer.condition;
  }

  OFCondition Report(T_ASC_PresentationContextID context, const T_DIMSE_N_EventReportRQ& request) {
    if (!store_) return DIMSE_BADCOMMANDTYPE;
    const ReportAnswer answer = AnswerReport(*connection_.association, context, request,
                                             store_->commitments(), receive_.message_timeout);
    const CommitmentResult& report = answer.report;
    if (answer.status == 0) {
      spdlog::info("{} reports storage commitment: {} objects committed, {} not", peer_,
                   report.committed.size(), report.failed.size());
    } else {
      spdlog::warn("a report of {} is refused with status {:04X}: {}", peer_, answer.status,
                   answer.problem);
    }
    return answer.condition;
  }

  const AssociationContext& setup_;
  const ServiceConfig& config_;
  const ReceiveConfig& receive_;
  int socket_;
  std::string address_, title_, peer_;  // title_: as text that can be shown
  AssociationAudit audit_;
  Connection connection_;
  std::optional<JobStore> store_;
  std::optional<Intake> intake_;
  int safe_ = 0, refused_ = 0;
};

}  // namespace

AssociationEnd ServeAssociation(const AssociationContext& setup, int socket,
                                const std::string& address) {
  PrepareProcess();
  InitDcmtk();
  Association association(setup, socket, address);
  AssociationEnd end = AssociationEnd::kFailed;
  try {
    end = association.Run();
  } catch (const std::exception& e) {
    spdlog::error("association of {}: {}", address, ToDisplayText(e.what()));
  }
  association.LogEnd(end);
  association.Record();
  return end;
}

}  // namespace mhcnn
