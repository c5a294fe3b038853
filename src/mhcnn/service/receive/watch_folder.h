#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "mhcnn/service/intake.h"

namespace mhcnn {

/// A folder that DICOM files are dropped into. Its subfolders are searched too; symbolic links and
/// names that begin with a point are left alone. Files that were taken in are removed. Files that
/// cannot be understood are moved to `rejected/` in it, each with a text file that says why.
class WatchFolder {
 public:
  /// Time as it is given to Scan().
  using Clock = std::chrono::steady_clock;

  /// What became of the files that one look found.
  struct Counts {
    int taken = 0, rejected = 0;  ///< removed, and moved to `rejected/`
    int waiting = 0;              ///< still growing, or to be tried again
  };

  /// All but the path must outlive it.
  WatchFolder(std::filesystem::path folder, const ServiceConfig& config,
              const ObjectFolder& objects, Intake& intake);

  /// Looks at all files once and takes those in that did not change for `[watch] settle`.
  Counts Scan(Clock::time_point now);

 private:
  struct Seen {
    std::uint64_t bytes = 0;
    std::filesystem::file_time_type changed;
    Clock::time_point since;       ///< it did not change
    Clock::time_point not_before;  ///< the next try, after a failure
    bool found = false;            ///< by this look
  };
  enum class Result { kTaken, kRejected, kLater };

  Result Take(const std::filesystem::path& file, const Seen& seen);
  /// Copies without following a link. Throws Error(kIo) where it cannot be read or written.
  std::filesystem::path CopyIn(const std::filesystem::path& file) const;
  void Reject(const std::filesystem::path& file, const std::string& why) const;

  std::filesystem::path folder_;
  const ServiceConfig& config_;
  const ObjectFolder& objects_;
  Intake& intake_;
  std::map<std::filesystem::path, Seen> seen_;
};

/// Watches the folders of `[watch]` until SIGTERM or SIGINT, and returns 0 then. Runs in a process
/// of its own. `ready` is called once before the first look. Throws Error(kIo) where the job store
/// or the object folder cannot be opened.
int RunWatch(const ServiceConfig& config, const std::function<void()>& ready = {});

}  // namespace mhcnn
