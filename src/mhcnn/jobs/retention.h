#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// What may be removed from the store and the object folder.
class Retention {
 public:
  /// The database must outlive it.
  explicit Retention(Database& database) : database_(database) {}

  /// Forgets the files of exams that ended before the moment (done with nothing left to send,
  /// refused, cancelled), of objects that are superseded, kept or own results, and returns their
  /// paths below the object folder, at most `limit`: the caller removes them, and calls Removed().
  /// The rows stay, so that a late duplicate is known.
  std::vector<std::filesystem::path> Expired(StoreTime before, int limit);
  /// The files are gone.
  void Removed(const std::vector<std::filesystem::path>& files);
  /// Bytes of all files that are not removed.
  std::uint64_t Bytes();

 private:
  Database& database_;
};

}  // namespace mhcnn
