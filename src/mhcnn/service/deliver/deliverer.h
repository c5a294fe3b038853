#pragma once

#include <chrono>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// Options of the deliverer.
struct DelivererOptions {
  std::chrono::milliseconds poll{2000};  ///< time between two searches for new deliveries
  bool once = false;  ///< whether it ends, in place of waiting, when nothing is due
  /// Whether it tells the store every ten seconds that it runs (ProcessHeartbeat).
  bool sends_heartbeat = false;

  /// Throws Error(kUsage) that names the field which is below its smallest value.
  void Check() const;
};

/// Sends the results of a node to its destinations until SIGTERM or SIGINT arrives
/// (base/interrupt.h). Each batch (one exam, one destination) is sent by a child process of its
/// own, one for each destination at a time: a destination that hangs does not delay the others, and
/// a crash costs one try. On a signal the children finish the object that they are sending and give
/// back the rest. Returns the exit status 0. The calling process must have no other thread and no
/// open JobStore. Deliveries for destinations that are no longer configured wait; one line in the
/// log states it. A store that does not answer is tried again; nothing is thrown for it.
int RunDeliverer(const ServiceConfig& config, const DelivererOptions& options = {});

}  // namespace mhcnn
