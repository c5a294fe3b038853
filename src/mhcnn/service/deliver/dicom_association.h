#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/service/deliver/sender.h"
// Stays below dcmtk.h, as all headers of the toolkit.
#include <dcmtk/dcmnet/dimse.h>
#include <dcmtk/dcmtls/tlslayer.h>

namespace mhcnn {

/// Presentation context to propose.
struct ProposedContext {
  /// SOP class and transfer syntax.
  std::string abstract_syntax, transfer_syntax;
  /// Compares both.
  bool operator==(const ProposedContext&) const = default;
};

/// An association that this node requests. After a time-out or an error it is aborted and never
/// used again.
class DicomAssociation {
 public:
  /// Keeps `destination`, which must outlive it. Throws as MakeDicomTls, and Error(kInternal).
  explicit DicomAssociation(const DestinationConfig& destination);
  ~DicomAssociation();
  DicomAssociation(const DicomAssociation&) = delete;
  DicomAssociation& operator=(const DicomAssociation&) = delete;

  /// Connects and proposes the contexts, at most 128. kStored: the association is open; kPermanent:
  /// it was rejected, or no context was accepted.
  SendOutcome Open(const std::vector<ProposedContext>& contexts);
  /// Returns whether the association is open.
  bool is_open() const { return association_ != nullptr; }
  /// Returns the identifier of the accepted context; 0 where it was not accepted.
  T_ASC_PresentationContextID Accepted(const ProposedContext& context) const;
  /// Returns the toolkit's association; null while it is not open.
  T_ASC_Association* get() const { return association_; }
  /// Returns the seconds to wait for a message or a piece of data.
  int timeout_seconds() const { return timeout_; }
  /// Returns the message identifier of the next request.
  DIC_US NextMessage() { return association_->nextMsgID++; }

  /// Ends the association after an error in it. Returns the outcome that the error means.
  SendOutcome Fail(const OFCondition& status);
  /// Returns whether the error was a time-out: the peer does not answer.
  static bool IsTimeout(const OFCondition& status);
  /// Releases the association.
  void Close();
  /// Confirms the release that the peer asked for.
  void ConfirmRelease();
  /// Aborts the association.
  void Abort();

 private:
  const DestinationConfig& destination_;
  int timeout_;
  std::unique_ptr<DcmTLSTransportLayer> tls_;
  T_ASC_Network* network_ = nullptr;
  T_ASC_Association* association_ = nullptr;
};

}  // namespace mhcnn
