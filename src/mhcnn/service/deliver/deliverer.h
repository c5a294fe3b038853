#pragma once

#include <chrono>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// How the deliverer runs.
struct DelivererOptions {
  std::chrono::milliseconds poll{2000};  ///< how often it looks for new deliveries
  bool once = false;            ///< ends when nothing is due any more, in place of waiting for more
  bool tells_presence = false;  ///< tells the store every ten seconds that it runs (PartPresence)

  /// Throws Error(kUsage) that names the field which is below its smallest value.
  void Check() const;
};

/// Sends the results of a node to its destinations until SIGTERM or SIGINT arrives
/// (base/interrupt.h). Each batch (one exam, one destination) is sent by a child process of its
/// own, one for each destination at a time: a destination that hangs holds up nobody, and a crash
/// costs one try. On a signal the children finish the object that they are sending and give back
/// the rest. Returns the exit status 0. The calling process must have no other thread and no open
/// JobStore. Deliveries for destinations that are no longer configured wait; a line in the log says
/// so once. A store that does not answer is tried again; nothing is thrown for it.
int RunDeliverer(const ServiceConfig& config, const DelivererOptions& options = {});

}  // namespace mhcnn
