#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace mhcnn {

/// The folder of all objects of a node. A file is whole and safe, or not there. Paths below it are
/// made of digests, never of what a peer sent. Safe for several processes and machines.
class ObjectFolder {
 public:
  /// Makes the folder (mode 0700) if it is missing. Throws what MakeFolder throws.
  explicit ObjectFolder(std::filesystem::path root);

  /// Returns its absolute path.
  const std::filesystem::path& root() const { return root_; }
  /// Returns the absolute path of a file of the store. Throws Error(kCorrupt) for a path outside.
  std::filesystem::path Path(const std::filesystem::path& file) const;
  /// Returns a new name for a file that is being received, in `incoming/`, on the same file system.
  std::filesystem::path MakeIncomingPath() const;
  /// Moves a file of `incoming/` to its place, `received/ab/cd/<digest>.dcm`, after it and the
  /// folders are flushed to the disk. If the same content exists already, the new file is removed.
  /// Returns the path below the root. Throws Error(kIo).
  std::filesystem::path Keep(const std::filesystem::path& incoming,
                             const std::string& digest) const;
  /// Removes what a killed process left in `incoming/` and `work/` that is older than a day.
  void RemoveStale() const;
  /// Calls `visit` with the path below the root of each file of `results/` that was written longer
  /// ago than `age`, until it returns false.
  void ForEachResult(std::chrono::hours age,
                     const std::function<bool(const std::filesystem::path&)>& visit) const;
  /// Removes a file and the folders that are empty after it.
  void Remove(const std::filesystem::path& file) const;
  /// Returns the free bytes of the file system.
  std::uint64_t Free() const;

 private:
  std::filesystem::path root_;
};

}  // namespace mhcnn
