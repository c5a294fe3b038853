#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// Time after which a part that was not seen is shown as not alive.
inline constexpr std::chrono::milliseconds kHeartbeatTimeout{30'000};

/// Tells the store that a part of the node runs: a row of node_parts. A store error is logged, not
/// thrown. The store is opened for each sign of life, so that none is kept over a fork().
class ProcessHeartbeat {
 public:
  /// Makes a heartbeat that has told nothing yet.
  ProcessHeartbeat(const ServiceConfig& config, std::string part);
  /// Removes the row, if Tick() was called.
  ~ProcessHeartbeat();
  ProcessHeartbeat(const ProcessHeartbeat&) = delete;
  ProcessHeartbeat& operator=(const ProcessHeartbeat&) = delete;

  /// Tells the store, if the last time is at least ten seconds ago; call it often.
  void Tick();

 private:
  JobStoreOptions store_;
  NodeProcess part_;
  std::chrono::steady_clock::time_point next_{};
  bool told_ = false;
};

/// A heartbeat from its own thread, as long as the object exists. For processes that do not fork.
class ProcessHeartbeatThread {
 public:
  /// Starts the thread.
  ProcessHeartbeatThread(const ServiceConfig& config, const std::string& part);

 private:
  std::jthread thread_;
};

}  // namespace mhcnn
