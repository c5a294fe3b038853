#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/config.h"

namespace mhcnn {

/// How a child that works for one destination ended.
enum class BatchEnd {
  kDone = 0,              ///< each delivery has its outcome or was given back
  kCommitmentFailed = 3,  ///< the destination did not take a request for storage commitment
  kStoreFailed = 4,       ///< outcomes could not be recorded; leases end by themselves
};

/// Sends the deliveries of one exam, records each outcome as soon as it is known, and asks for
/// storage commitment where the destination offers it. Gives back what `stop` left untried. Files
/// are checked against their digests first. To be called in a process of its own: the process is
/// ended by SIGALRM where nothing moves for five times the destination's time limit and 10 s. Never
/// throws.
BatchEnd DeliverBatch(const ServiceConfig& config, const DestinationConfig& destination,
                      const std::vector<Delivery>& deliveries, const std::function<bool()>& stop);

/// Asks for storage commitment for all that is stored at the destination and was not asked for, or
/// whose report is overdue. As DeliverBatch().
BatchEnd AskDueCommitments(const ServiceConfig& config, const DestinationConfig& destination,
                           const std::function<bool()>& stop);

}  // namespace mhcnn
