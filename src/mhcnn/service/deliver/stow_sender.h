#pragma once

#include <span>

#include "mhcnn/service/deliver/http_client.h"
#include "mhcnn/service/deliver/sender.h"

namespace mhcnn {

/// Sends DICOM objects by STOW-RS (PS3.18 10.5): the objects of an exam in one request, or in
/// several where they are large. Whether an object is stored is read from the answer, also where
/// its status is 200.
class StowSender : public Sender {
 public:
  /// Keeps `destination`, which must outlive it. Throws what HttpClient throws.
  explicit StowSender(const DestinationConfig& destination)
      : destination_(destination), client_(destination) {}

  void Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks) override;
  SendOutcome Check() override;

 private:
  void SendGroup(const std::vector<OutgoingObject>& objects, std::span<const std::size_t> group,
                 const std::string& body, const std::string& boundary, const SendHooks& hooks);

  const DestinationConfig& destination_;
  HttpClient client_;
};

/// Returns the outcome of one object of the request. `sent_before`: see ToStoreOutcome().
SendOutcome ToStowOutcome(const HttpAnswer& answer, const std::string& sop_uid, bool sent_before);

}  // namespace mhcnn
