#pragma once

#include <string>

#include "mhcnn/service/config.h"
#include "mhcnn/service/receive/dicom_network.h"

namespace mhcnn {

/// What was agreed on with a peer, or why it is rejected.
struct Negotiation {
  std::string calling;                 ///< its AE title, without the spaces around it
  bool stores = false;                 ///< a context for objects was accepted
  bool reports = false;                ///< one for reports of storage commitment was accepted
  bool rejected = false;               ///< whether the peer is to be rejected
  T_ASC_RejectParameters rejection{};  ///< where it is rejected
  std::string problem;                 ///< the same in words; no text of the peer stands in it
};

/// A rejection for a lack of resources, after which the peer may try again later.
T_ASC_RejectParameters TemporaryCongestion();

/// Judges a request for an association and marks its presentation contexts in `params` as accepted
/// or refused (PS3.8 9.3.2): Verification, all storage classes, and Storage Commitment Push Model
/// for peers that report (in the role of SCP). Of the transfer syntaxes that a context offers the
/// first that the reader takes is accepted. Sends nothing.
Negotiation Negotiate(T_ASC_Parameters& params, const ReceiveConfig& config,
                      const std::string& address);

}  // namespace mhcnn
