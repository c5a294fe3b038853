#pragma once

#include "mhcnn/service/deliver/http_client.h"
#include "mhcnn/service/deliver/sender.h"

namespace mhcnn {

/// Creates the Bundle of an exam on a FHIR server: POST to BASE/Bundle, with a condition on its
/// identifier (FHIR R4 3.1.0.8.1), so that a second try makes no second Bundle on servers that know
/// conditional creation.
class FhirSender : public Sender {
 public:
  /// Keeps `destination`, which must outlive it. Throws what HttpClient throws.
  explicit FhirSender(const DestinationConfig& destination)
      : destination_(destination), client_(destination) {}

  void Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks) override;
  SendOutcome Check() override;

 private:
  SendOutcome SendOne(const OutgoingObject& object);
  /// Returns the address of a part of the server's interface.
  std::string Url(const char* part) const;

  const DestinationConfig& destination_;
  HttpClient client_;
};

/// Returns the query that finds this Bundle: "identifier=urn:ietf:rfc:3986|urn:oid:...", escaped
/// for a URL; "" for a text that is not a Bundle with an identifier.
std::string BundleCondition(const std::string& bundle);

}  // namespace mhcnn
