#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "mhcnn/service/intake.h"

namespace mhcnn {

/// Folder into which DICOM files are put. Its subfolders are searched too; symbolic links and names
/// that begin with a point are ignored. Files that were taken in are removed. Files that cannot be
/// understood are moved to `rejected/` in it, each with a text file that states the reason.
class WatchFolder {
 public:
  /// Clock of the time that is given to Scan().
  using Clock = std::chrono::steady_clock;

  /// Numbers of the files that one scan found, by outcome.
  struct Counts {
    int taken = 0, rejected = 0;  ///< files removed, and files moved to `rejected/`
    int waiting = 0;              ///< files still growing, or to be tried again
  };

  /// Keeps references to all but the path, which must outlive it.
  WatchFolder(std::filesystem::path folder, const ServiceConfig& config,
              const ObjectFolder& objects, Intake& intake);

  /// Checks all files once and takes in those that did not change for `[watch] settle`.
  Counts Scan(Clock::time_point now);

 private:
  struct Seen {
    std::uint64_t bytes = 0;
    std::filesystem::file_time_type changed;
    Clock::time_point since;       ///< time since when it did not change
    Clock::time_point not_before;  ///< time of the next try, after a failure
    bool found = false;            ///< whether this scan found it
  };
  enum class Result { kTaken, kRejected, kLater };

  Result Take(const std::filesystem::path& file, const Seen& seen);
  /// Copies a file, without following a link. Throws Error(kIo) where it cannot be read or written.
  std::filesystem::path CopyIn(const std::filesystem::path& file) const;
  void Reject(const std::filesystem::path& file, const std::string& why) const;

  std::filesystem::path folder_;
  const ServiceConfig& config_;
  const ObjectFolder& objects_;
  Intake& intake_;
  std::map<std::filesystem::path, Seen> seen_;
};

/// Watches the folders of `[watch]` until SIGTERM or SIGINT, and returns 0 then. Runs in a process
/// of its own. `ready` is called once before the first scan. Throws Error(kIo) where the job store
/// or the object folder cannot be opened.
int RunWatch(const ServiceConfig& config, const std::function<void()>& ready = {});

}  // namespace mhcnn
