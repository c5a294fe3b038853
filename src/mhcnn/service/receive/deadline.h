#pragma once

#include <chrono>

namespace mhcnn {

/// Exit status of a process that a deadline ended.
inline constexpr int kDeadlineStatus = 12;

/// Ends this process if the scope is not left in time, whatever a library is doing: the last resort
/// behind the toolkit's own time-outs, which begin again with each byte. Uses SIGALRM and the
/// process's interval timer; one at a time.
class Deadline {
 public:
  /// Begins to count.
  explicit Deadline(std::chrono::milliseconds time);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
};

}  // namespace mhcnn
