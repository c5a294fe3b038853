#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "mhcnn/service/parts.h"

namespace mhcnn {

/// One part of a node as a process of its own, started again when it ends, after a delay that
/// doubles from 0.2 s to 5 s. A part that ran for ten seconds starts again after 0.2 s. Not copied
/// or moved while the process runs.
class ChildProcess {
 public:
  /// The clock of delays.
  using Time = std::chrono::steady_clock::time_point;

  /// `program` is the executable that the part's command line is given to.
  ChildProcess(ServicePart part, std::string program);

  /// Returns the part.
  const ServicePart& part() const { return part_; }
  /// Process id; 0 where it does not run.
  pid_t pid() const { return pid_; }
  /// Whether it told that it does its work (SignalReady).
  bool ready() const { return ready_; }
  /// When it is to be started again; only where it does not run.
  Time next_start() const { return next_start_; }

  /// Starts it, with the supervisor's death as its end (SIGTERM). Throws Error(kIo).
  void Start(Time now);
  /// Looks whether the pipe says that it is ready.
  void PollReady();
  /// Sends a signal where it runs.
  void Send(int signal) const;
  /// Its process has ended. Sets the next start.
  void Ended(int status, Time now);

 private:
  void ClosePipe();

  ServicePart part_;
  std::string program_;
  pid_t pid_ = 0;
  int ready_pipe_ = -1;
  bool ready_ = false;
  Time started_{}, next_start_{};
  std::chrono::milliseconds delay_{0};
};

}  // namespace mhcnn
