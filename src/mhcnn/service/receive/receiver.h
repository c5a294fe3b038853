#pragma once

#include <functional>
#include <optional>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// Functions and options of the program that runs a receiver.
struct ReceiverHooks {
  /// Called once, with the port that is listened on (for port 0).
  std::function<void(int port)> listening;
  /// Called at SIGHUP. Returns the configuration for later associations; nothing where it cannot be
  /// read (the old one stays). Address, port and TLS on or off are not changed by it.
  std::function<std::optional<ServiceConfig>()> reload;
  /// Time for which associations may continue after SIGTERM, before they are killed.
  std::chrono::milliseconds grace{10'000};
  /// Whether the store is told every ten seconds that the receiver runs (ProcessHeartbeat).
  bool sends_heartbeat = false;
};

/// Runs the DICOM port until SIGTERM or SIGINT, and returns 0 then. Accepts connections, and forks
/// a process for each association whose request has arrived (ServeAssociation), within the limits
/// of `[receive]`. The calling process must have no other thread. Throws Error: kUsage for an
/// address or TLS files that cannot be used, kIo where the port is in use.
int RunReceiver(ServiceConfig config, const ReceiverHooks& hooks = {});

}  // namespace mhcnn
