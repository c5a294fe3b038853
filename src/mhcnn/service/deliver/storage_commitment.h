#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/service/commitment_result.h"
#include "mhcnn/service/deliver/sender.h"

namespace mhcnn {

/// Outcome of a request for storage commitment.
struct CommitmentAnswer {
  SendOutcome asked;  ///< kStored: the destination accepted the request
  /// Report of the destination, where it came on the same association; else it comes on one that
  /// the destination opens to the receiver of this node.
  std::optional<CommitmentResult> report;
};

/// Asks the destination to take responsibility for the objects (N-ACTION, PS3.4 J.3.2), and waits
/// the time `wait` for its report on the same association. `before_request` is called when the
/// association is open, before the request is sent: the report may come at once, on another one.
/// Checks the Transaction UID of a report on the same association. Throws as MakeDicomTls.
CommitmentAnswer AskCommitment(const DestinationConfig& destination,
                               const std::string& transaction_uid,
                               const std::vector<Delivery>& deliveries,
                               std::chrono::milliseconds wait,
                               const std::function<void()>& before_request);

}  // namespace mhcnn
