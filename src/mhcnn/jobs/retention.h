#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// Files that may be removed from the store and the object folder.
class Retention {
 public:
  /// The database must outlive it.
  explicit Retention(Database& database) : database_(database) {}

  /// Forgets the files of exams that ended before the moment (done with nothing left to send,
  /// refused, cancelled), of objects that are superseded, kept, own results or in quarantine since
  /// then, and returns their paths below the object folder: the caller removes them, and calls
  /// Removed(). Returns about `limit` of them, as an exam is removed as a whole. A file that was
  /// returned and not removed, as the process died, is returned again. The rows stay, so that a
  /// late duplicate is known. An exam that is dead, or that has dead deliveries, keeps its files.
  std::vector<std::filesystem::path> Expired(StoreTime before, int limit);
  /// Notes that the files were removed.
  void Removed(const std::vector<std::filesystem::path>& files);
  /// Returns the files that no row names as present: files that remain from a process that died.
  std::vector<std::filesystem::path> Unknown(const std::vector<std::filesystem::path>& files);
  /// Returns the bytes of all files that are not removed.
  std::uint64_t Bytes();

 private:
  Database& database_;
};

}  // namespace mhcnn
