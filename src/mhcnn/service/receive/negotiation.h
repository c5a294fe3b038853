#pragma once

#include <string>

#include "mhcnn/service/config.h"
#include "mhcnn/service/receive/dicom_network.h"

namespace mhcnn {

/// Result of the negotiation with a peer, or the reason why it is rejected.
struct Negotiation {
  std::string calling;                 ///< AE title of the peer, without the spaces around it
  bool stores = false;                 ///< whether a context for objects was accepted
  bool reports = false;                ///< whether one for reports of commitment was accepted
  bool rejected = false;               ///< whether the peer is to be rejected
  T_ASC_RejectParameters rejection{};  ///< parameters of the rejection
  std::string problem;                 ///< the same in words, without text of the peer
};

/// Returns a rejection for a lack of resources, after which the peer may try again later.
T_ASC_RejectParameters MakeCongestionRejection();

/// Judges a request for an association and marks its presentation contexts in `params` as accepted
/// or refused (PS3.8 9.3.2): Verification, all storage classes, and Storage Commitment Push Model
/// for peers that report (in the role of SCP). Of the transfer syntaxes that a context offers the
/// first that the reader supports is accepted. Sends nothing.
Negotiation Negotiate(T_ASC_Parameters& params, const ReceiveConfig& config,
                      const std::string& address);

}  // namespace mhcnn
