#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"
#include "mhcnn/base/append_log.h"
#include "mhcnn/batch/inputs.h"

namespace mhcnn {

/// Size and time, by which two states of a file are distinguished.
struct FileStamp {
  /// Size of the file.
  std::uint64_t bytes = 0;
  std::int64_t modified = 0;  ///< time of the last change in nanoseconds
  /// Compares both fields.
  bool operator==(const FileStamp&) const = default;
};
/// Returns the stamp of the item's file. A member of a zip file has the stamp of the zip file. A
/// missing file has zeros.
FileStamp ReadFileStamp(const BatchItem& item);

/// Treatment of a journal that exists.
enum class JournalStart {
  kNew,      ///< replace that of a finished run; refuse to lose that of an unfinished one
  kResume,   ///< continue it
  kRestart,  ///< replace it in any case
};

/// The record of a batch, from which it continues after a kill at any moment: an AppendLog
/// (base/append_log.h describes what a kill and a power cut leave). The header states model and
/// options; a record is the whole result of one file, written after its drawings; the last one
/// states that the batch was finished. Only one process at a time has it open.
class Journal {
 public:
  /// One line of a journal.
  struct Entry {
    /// State of the file when it was measured.
    FileStamp stamp;
    std::string drawn;  ///< name of its drawings
    /// Result of the file, without the masks.
    Result result;
  };
  /// Position of the entry of a file, and facts that show whether it is still valid.
  struct Place {
    FileStamp stamp;          ///< as in Entry
    std::string drawn;        ///< as in Entry
    std::uint64_t place = 0;  ///< position for JournalReader
    bool measured = false;    ///< whether the result is no error, nor of a file left out
  };
  /// Content of a journal file: with T Entry all of it, with T Place little of each file.
  template <typename T>
  struct JournalContent {
    nlohmann::json header;             ///< null if not even that was written
    std::map<std::string, T> entries;  ///< by path; a later line replaces an earlier
    /// Whether the last line states that the batch was finished.
    bool finished = false;
    std::size_t inputs = 0;     ///< if finished: number of files of the batch, with other shards
    std::string inputs_digest;  ///< if finished: HashPaths of these files; "": not known
    LeftOutFiles left_out;      ///< if finished: files left out before any file was read
    double coverage = 0;        ///< if finished: BatchPageInfo::coverage; 0: not known
  };
  using Content = JournalContent<Entry>;  ///< content with the results
  using Places = JournalContent<Place>;   ///< content for results that do not fit into memory

  /// Reads a journal. Throws kNotFound, or kCorrupt if the file is not a journal.
  static Content Read(const std::filesystem::path& path);
  /// Reads a journal without keeping the results; throws what Read throws.
  static Places ReadPlaces(const std::filesystem::path& path);

  /// Opens the journal. Throws kUsage if the file is of an unfinished batch and `start` is kNew,
  /// has another header, or is open in another run; kCorrupt if it is not a journal; kIo.
  Journal(const std::filesystem::path& path, const nlohmann::json& header, JournalStart start);

  /// Returns the entry of an earlier run for the item in its present state, if any; only once. An
  /// entry with a measured result is kept if the item's file does not exist.
  std::optional<Place> Take(const BatchItem& item);
  /// Throws kNotFound, which names the input, if measured results of an earlier run would be lost
  /// because their files are missing: those that Take did not find, and those under `unread`
  /// (CollectedImages::unread). To be called after Take for all items and before Append.
  void CheckFilesExist(const std::vector<std::filesystem::path>& unread) const;
  /// Adds a result and returns its position. Thread-safe. Throws kIo.
  std::uint64_t Append(const BatchItem& item, const FileStamp& stamp, const Result& result);
  /// Notes that the batch is done. Results of files that Take was never asked for are dropped: they
  /// are no longer inputs. `inputs`: files of the whole batch; `left_out`: files that are no
  /// inputs; `coverage`: of its intervals; `digest`: HashPaths of the files of the whole batch.
  void Finish(std::size_t inputs, const LeftOutFiles& left_out = {}, double coverage = 0,
              const std::string& digest = {});

 private:
  AppendLog log_;
  std::filesystem::path path_;
  std::map<std::string, Place> earlier_;
  std::vector<std::filesystem::path> away_;  ///< files of `earlier_` that are not there
  std::mutex mutex_;                         ///< protects earlier_ and away_
};

/// Reads results from a journal, one at a time, also while it is being written.
class JournalReader {
 public:
  /// Opens a journal. Throws kNotFound.
  explicit JournalReader(std::filesystem::path path);
  /// Returns the result at a place that Journal gave, without masks. Throws kIo if there is
  /// none.
  Result At(std::uint64_t place);

 private:
  std::filesystem::path path_;
  std::ifstream file_;
};

}  // namespace mhcnn
