#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "analyze/inputs.h"
#include "analyze/result.h"

namespace mhcnn {

/// What tells one state of a file from another.
struct FileStamp {
  std::uint64_t bytes = 0;
  std::int64_t modified = 0;  ///< nanoseconds
  bool operator==(const FileStamp&) const = default;
};
/// Of the item's file (a zip's members share that of the zip file); zeros where there is none.
FileStamp StampOf(const BatchItem& item);

/// The record of a batch, by which it goes on after a kill at any moment: a text file with a JSON
/// object a line. The first line says by which model and options; each other is the whole result of
/// one file, written to the disk after its drawings; the last says that the batch was finished. A
/// line that a kill cut short counts as not written.
class Journal {
 public:
  struct Entry {
    FileStamp stamp;
    Result result;
  };
  /// What a journal file holds.
  struct Content {
    nlohmann::json header;
    std::map<std::string, Entry> entries;  ///< by path; a later line goes before an earlier
    bool finished = false;
  };

  /// Throws kNotFound, or kCorrupt where the file is no journal.
  static Content Read(const std::filesystem::path& path);

  /// Starts a new file; with `resume` goes on with the one that is there. Throws kUsage where the
  /// file is of a batch that was not finished and `resume` is not set, or was made with another
  /// header.
  Journal(const std::filesystem::path& path, const nlohmann::json& header, bool resume);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// The result that an earlier run left of the item in its present state, or null.
  const Result* Find(const BatchItem& item) const;
  /// Thread-safe. Throws kIo.
  void Append(const FileStamp& stamp, const Result& result);
  void Finish();

 private:
  void WriteLine(const nlohmann::json& line);

  std::filesystem::path path_;
  std::map<std::string, Entry> done_;
  std::mutex mutex_;
  int fd_ = -1;
};

}  // namespace mhcnn
