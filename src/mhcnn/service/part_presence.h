#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// A part that was not seen for longer is shown as not alive.
inline constexpr std::chrono::milliseconds kPartIsAlive{30'000};

/// Tells the store that a part of the node runs: a row of node_parts. A store that fails is logged,
/// not thrown. The store is opened for each sign of life, so that none is kept over a fork().
class PartPresence {
 public:
  /// Nothing is told yet.
  PartPresence(const ServiceConfig& config, std::string part);
  /// Takes the row away, where Tick() was called.
  ~PartPresence();
  PartPresence(const PartPresence&) = delete;
  PartPresence& operator=(const PartPresence&) = delete;

  /// Tells it now where the last time is ten seconds ago; call it often.
  void Tick();

 private:
  JobStoreOptions store_;
  NodePart part_;
  std::chrono::steady_clock::time_point next_{};
  bool told_ = false;
};

/// The same from a thread of its own, for as long as it lives. For processes that do not fork.
class PartPresenceThread {
 public:
  /// Begins to tell.
  PartPresenceThread(const ServiceConfig& config, const std::string& part);

 private:
  std::jthread thread_;
};

}  // namespace mhcnn
