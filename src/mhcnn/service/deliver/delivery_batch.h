#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/config.h"

namespace mhcnn {

/// End of a child process that works for one destination.
enum class BatchEnd {
  kDone = 0,              ///< each delivery has its outcome or was given back
  kCommitmentFailed = 3,  ///< the destination accepted no request for storage commitment
  kStoreFailed = 4,       ///< outcomes could not be recorded; the leases expire
};

/// Sends the deliveries of one exam, records each outcome as soon as it is known, and asks for
/// storage commitment where the destination offers it. Gives back what `stop` left untried. Files
/// are checked against their digests first. Must be called in a process of its own: SIGALRM ends
/// the process without progress for five times the destination's time limit and 10 s. Never
/// throws.
BatchEnd DeliverBatch(const ServiceConfig& config, const DestinationConfig& destination,
                      const std::vector<Delivery>& deliveries, const std::function<bool()>& stop);

/// Asks for storage commitment for all that is stored at the destination and was not asked for, or
/// whose report is overdue. Must be called as DeliverBatch(), and ends like it.
BatchEnd AskDueCommitments(const ServiceConfig& config, const DestinationConfig& destination,
                           const std::function<bool()>& stop);

}  // namespace mhcnn
