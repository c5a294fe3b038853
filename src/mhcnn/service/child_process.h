#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "mhcnn/service/process_specs.h"

namespace mhcnn {

/// One part of a node as a process of its own, started again when it ends, after a delay that
/// doubles from 0.2 s to 5 s. A part that ran for ten seconds starts again after 0.2 s. Not copied
/// or moved while the process runs.
class ChildProcess {
 public:
  /// A moment of the clock of the delays.
  using Time = std::chrono::steady_clock::time_point;

  /// Makes a process that does not run yet. `program`: executable of the part's command line.
  ChildProcess(ProcessSpec part, std::string program);

  /// Returns the part.
  const ProcessSpec& part() const { return part_; }
  /// Returns the process id; 0 if it does not run.
  pid_t pid() const { return pid_; }
  /// Returns whether it reported that it does its work (SignalReady).
  bool ready() const { return ready_; }
  /// Returns when it is to be started again; only valid if it does not run.
  Time next_start() const { return next_start_; }

  /// Starts it, so that the supervisor's death ends it (SIGTERM). Throws Error(kIo).
  void Start(Time now);
  /// Checks whether it reported through the pipe that it is ready.
  void PollReady();
  /// Sends a signal if it runs.
  void Send(int signal) const;
  /// Notes that its process has ended, and sets the next start.
  void Ended(int status, Time now);

 private:
  void ClosePipe();

  ProcessSpec part_;
  std::string program_;
  pid_t pid_ = 0;
  int ready_pipe_ = -1;
  bool ready_ = false;
  Time started_{}, next_start_{};
  std::chrono::milliseconds delay_{0};
};

}  // namespace mhcnn
