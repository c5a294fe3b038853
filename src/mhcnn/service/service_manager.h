#pragma once

#include <chrono>

namespace mhcnn {

/// Tells systemd the state of the node (sd_notify). Does nothing if no service manager started it.
class ServiceManager {
 public:
  ServiceManager();

  /// Tells that the node does its work; also after a reload.
  void Ready();
  /// Tells that the node reads its configuration again; Ready() must follow.
  void Reloading();
  /// Tells that the node ends.
  void Stopping();
  /// Tells that the node is alive. May be called at any rate: it tells the watchdog as often as the
  /// watchdog needs it.
  void Ping();

 private:
  std::chrono::microseconds interval_{0};  ///< time between two pings; 0: there is no watchdog
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace mhcnn
