#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace mhcnn {

/// Treatment of a file that takes too long.
struct FileLimit {
  std::chrono::milliseconds after{0};  ///< time limit; 0: there is no limit
  /// Called with the path, by a thread of its own, once for each file.
  std::function<void(const std::string& path)> exceeded{};
};

/// Warns in the log of each file that is not done after some time, so that a disk or network that
/// does not answer is noticed, and which file waits for it. Later warnings of the same file come
/// after twice the time each. Calls a function for a file that takes longer than a limit.
class SlowFiles {
  using Clock = std::chrono::steady_clock;
  struct File {
    std::string path;
    Clock::time_point begun;
    Clock::duration next;   ///< time after which the next warning comes
    bool exceeded = false;  ///< whether it exceeded the limit
  };

 public:
  /// Watches a file until this object is destroyed.
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

  /// Starts the watching thread. `after`: time until the first warning of a file.
  explicit SlowFiles(std::chrono::milliseconds after = std::chrono::minutes(1),
                     FileLimit limit = {});

  /// Begins to watch a file. Thread-safe.
  Watch Begin(std::string path);

 private:
  void WarnUntilStopped(const std::stop_token& stop);
  void WarnAboutSlowFiles();
  void CheckLimit();

  const Clock::duration after_;
  const FileLimit limit_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::list<File> files_;  ///< files that are being read
  std::jthread thread_;    ///< last, so that it ends before the rest goes
};

}  // namespace mhcnn
