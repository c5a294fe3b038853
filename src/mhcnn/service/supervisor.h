#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// Options of the supervisor, from the program that runs it.
struct SupervisorOptions {
  std::filesystem::path config;  ///< the configuration file, read again at SIGHUP
  std::string program;           ///< the executable of all parts
  /// Time that parts have to end before they are killed.
  std::chrono::milliseconds stop_timeout{20'000};

  /// Throws Error(kUsage) that names the field which is wrong.
  void Check() const;
};

/// Starts the parts of a node (ListNodeProcesses) as processes, starts again what ends, and stops
/// them all at SIGTERM or SIGINT. At SIGHUP it reads the configuration again: a wrong one is
/// reported and the node continues with the old one. Tells the service manager when all parts are
/// ready, and pings its watchdog. This process has one thread, and opens neither model nor store.
/// Returns the exit status.
int RunSupervisor(const ServiceConfig& config, const SupervisorOptions& options);

}  // namespace mhcnn
