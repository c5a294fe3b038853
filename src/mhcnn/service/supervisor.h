#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// What the supervisor needs from the program that runs it.
struct SupervisorOptions {
  std::filesystem::path config;  ///< the configuration file, read again at SIGHUP
  std::string program;           ///< the executable of all parts
  /// How long parts have to end by themselves.
  std::chrono::milliseconds stop_timeout{20'000};

  /// Throws Error(kUsage) that names the field which is wrong.
  void Check() const;
};

/// Starts the parts of a node (PartsOf) as processes, starts again what ends, and stops them all at
/// SIGTERM or SIGINT. At SIGHUP it reads the configuration again: a wrong one is reported and the
/// node goes on with the old one. Tells the service manager when all parts are ready, and pings its
/// watchdog. This process has one thread, and opens neither model nor store. Returns the exit
/// status.
int RunSupervisor(const ServiceConfig& config, const SupervisorOptions& options);

}  // namespace mhcnn
