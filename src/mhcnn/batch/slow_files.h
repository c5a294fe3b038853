#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace mhcnn {

/// Warns in the log of each file that is not done after some time, so that a disk or network that
/// does not answer is seen, and which file waits for it. Later warnings of the same file come after
/// twice the time each.
class SlowFiles {
  using Clock = std::chrono::steady_clock;
  struct File {
    std::string path;
    Clock::time_point begun;
    Clock::duration next;  ///< time after which it is named
  };

 public:
  /// A file is watched until this object goes.
  class Watch {
   public:
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    friend class SlowFiles;
    Watch(SlowFiles& files, std::list<File>::iterator file) : files_(files), file_(file) {}

    SlowFiles& files_;
    std::list<File>::iterator file_;
  };

  /// The first warning of a file comes after this time.
  explicit SlowFiles(std::chrono::milliseconds after = std::chrono::minutes(1));

  /// Begins to watch a file. Thread-safe.
  Watch Begin(std::string path);

 private:
  void WarnUntilStopped(const std::stop_token& stop);
  void WarnOfSlow();

  const Clock::duration after_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::list<File> files_;  ///< that are being read
  std::jthread thread_;    ///< last, so that it ends before the rest goes
};

}  // namespace mhcnn
