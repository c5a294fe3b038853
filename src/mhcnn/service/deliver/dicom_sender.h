#pragma once

#include "mhcnn/service/deliver/sender.h"

namespace mhcnn {

/// Sends DICOM objects by C-STORE: one association for an exam, one presentation context for each
/// SOP class and transfer syntax. An object counts as stored only by its response (0000 or Bxxx).
/// Where the destination aborts, the objects that are left are tried on one more association; after
/// a time-out they wait for the next try.
class DicomSender : public Sender {
 public:
  /// Keeps `destination`, which must outlive it.
  explicit DicomSender(const DestinationConfig& destination) : destination_(destination) {}

  void Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks) override;
  SendOutcome Check() override;

 private:
  const DestinationConfig& destination_;
};

}  // namespace mhcnn
