#pragma once

#include <chrono>

namespace mhcnn {

/// Tells systemd how the node is (sd_notify). Does nothing where no service manager started it.
class ServiceManager {
 public:
  ServiceManager();

  /// The node does its work; also after a reload.
  void Ready();
  /// The node reads its configuration again; Ready() must follow.
  void Reloading();
  /// The node ends.
  void Stopping();
  /// The node is alive. May be called as often as one likes: it tells the watchdog as often as
  /// that needs it.
  void Ping();

 private:
  std::chrono::microseconds interval_{0};  ///< between two pings; 0: there is no watchdog
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace mhcnn
