#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <stdexcept>
#include <vector>

#include "mhcnn/dicom/dcmtk.h"
// Stays below dcmtk.h.
#include <dcmtk/dcmnet/dimse.h>

namespace mhcnn::testing_support {

/// Actions of a peer for the objects that it is sent, in turn; the last is done for all others.
enum class PeerDoes : int {
  kAbort = -1,          ///< aborts the association
  kSilence = -2,        ///< never answers
  kReject = -3,         ///< rejects each association: calling AE title not recognised
  kBusy = -4,           ///< rejects each association for now
  kAcceptNothing = -5,  ///< accepts no presentation context
  kImplicitOnly = -6,   ///< accepts Implicit VR alone, and answers 0000
};

/// A process that accepts associations on a free port of 127.0.0.1 and answers each C-STORE with
/// the next of `answers`: a status, or an action of PeerDoes. It ends with the object.
class DicomPeer {
 public:
  explicit DicomPeer(std::vector<int> answers) : answers_(std::move(answers)) {
    InitDcmtk();
    port_ = FreePort();
    T_ASC_Network* network = nullptr;
    if (ASC_initializeNetwork(NET_ACCEPTOR, port_, 10, &network).bad()) {
      throw std::runtime_error("no DICOM port");
    }
    process_ = ::fork();
    if (process_ == 0) {
      ::alarm(60);  // never outlives a test for long
      Serve(network);
      ::_exit(0);
    }
    ASC_dropNetwork(&network);
  }
  ~DicomPeer() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  DicomPeer(const DicomPeer&) = delete;
  DicomPeer& operator=(const DicomPeer&) = delete;
  int port() const { return port_; }

  /// Returns a port of 127.0.0.1 that nobody listens on.
  static int FreePort() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no port on 127.0.0.1");
    }
    ::close(socket);
    return ntohs(address.sin_port);
  }

 private:
  // What the next object would be answered with.
  bool Does(PeerDoes what) const { return answers_[next_] == static_cast<int>(what); }

  void Serve(T_ASC_Network* network) {
    while (true) {
      T_ASC_Association* association = nullptr;
      if (ASC_receiveAssociation(network, &association, 65536).bad()) {
        if (association != nullptr) ASC_destroyAssociation(&association);
        continue;
      }
      if (Does(PeerDoes::kReject) || Does(PeerDoes::kBusy)) {
        const T_ASC_RejectParameters reject =
            Does(PeerDoes::kReject)
                ? T_ASC_RejectParameters{ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
                                         ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED}
                : T_ASC_RejectParameters{ASC_RESULT_REJECTEDTRANSIENT,
                                         ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
                                         ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED};
        ASC_rejectAssociation(association, &reject);
      } else {
        const char* syntaxes[] = {UID_LittleEndianImplicitTransferSyntax,
                                  UID_LittleEndianExplicitTransferSyntax};
        const char* classes[] = {"1.2.840.10008.5.1.4.1.1.1.2", "1.2.840.10008.5.1.4.1.1.7",
                                 "1.2.840.10008.1.1", "1.2.840.10008.5.1.4.1.1.66.4"};
        ASC_acceptContextsWithPreferredTransferSyntaxes(
            association->params, classes, Does(PeerDoes::kAcceptNothing) ? 1 : 4, syntaxes,
            Does(PeerDoes::kImplicitOnly) ? 1 : 2);
        if (Does(PeerDoes::kAcceptNothing)) RefuseAll(association->params);
        ASC_acknowledgeAssociation(association);
        Answer(association);
      }
      ASC_dropSCPAssociation(association, 1);
      ASC_destroyAssociation(&association);
    }
  }

  static void RefuseAll(T_ASC_Parameters* parameters) {
    for (int i = 0; i < ASC_countPresentationContexts(parameters); ++i) {
      T_ASC_PresentationContext context;
      ASC_getPresentationContext(parameters, i, &context);
      ASC_refusePresentationContext(parameters, context.presentationContextID,
                                    ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
    }
  }

  void Answer(T_ASC_Association* association) {
    while (true) {
      T_ASC_PresentationContextID context = 0;
      T_DIMSE_Message message{};
      const OFCondition received =
          DIMSE_receiveCommand(association, DIMSE_BLOCKING, 0, &context, &message, nullptr);
      if (received == DUL_PEERREQUESTEDRELEASE) ASC_acknowledgeRelease(association);
      if (received.bad()) return;
      if (message.CommandField == DIMSE_C_ECHO_RQ) {
        DIMSE_sendEchoResponse(association, context, &message.msg.CEchoRQ, STATUS_Success, nullptr);
        continue;
      }
      if (Does(PeerDoes::kSilence)) ::pause();
      if (message.CommandField != DIMSE_C_STORE_RQ) return;
      DcmDataset* dataset = nullptr;
      DIMSE_receiveDataSetInMemory(association, DIMSE_BLOCKING, 0, &context, &dataset, nullptr,
                                   nullptr);
      delete dataset;
      const int answer = answers_[next_];
      if (next_ + 1 < answers_.size()) ++next_;
      if (answer == static_cast<int>(PeerDoes::kAbort)) {
        ASC_abortAssociation(association);
        return;
      }
      const T_DIMSE_C_StoreRQ& request = message.msg.CStoreRQ;
      T_DIMSE_C_StoreRSP response{};
      response.MessageIDBeingRespondedTo = request.MessageID;
      response.DimseStatus = answer < 0 ? DIC_US{0} : static_cast<DIC_US>(answer);
      response.DataSetType = DIMSE_DATASET_NULL;
      DIMSE_sendStoreResponse(association, context, &request, &response, nullptr);
    }
  }

  std::vector<int> answers_;
  std::size_t next_ = 0;
  int port_ = 0;
  pid_t process_ = 0;
};

}  // namespace mhcnn::testing_support
