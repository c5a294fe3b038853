#pragma once

#include <chrono>

namespace mhcnn {

/// Exit status of a process that a deadline ended.
inline constexpr int kDeadlineStatus = 12;

/// Ends this process if the scope is not left in time, also within a call of a library: the
/// toolkit's own time-outs begin again with each byte. Uses SIGALRM and the interval timer of the
/// process; one at a time.
class Deadline {
 public:
  /// Starts the timer.
  explicit Deadline(std::chrono::milliseconds time);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
};

}  // namespace mhcnn
