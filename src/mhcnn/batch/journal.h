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

/// What tells one state of a file from another.
struct FileStamp {
  /// Size of the file.
  std::uint64_t bytes = 0;
  std::int64_t modified = 0;  ///< nanoseconds
  /// Compares both fields.
  bool operator==(const FileStamp&) const = default;
};
/// Returns the stamp of the item's file (a zip's members share that of the zip file); zeros where
/// there is none.
FileStamp StampOf(const BatchItem& item);

/// What to do about a journal that is there.
enum class JournalStart {
  kNew,      ///< replace that of a finished run; refuse to lose that of an unfinished one
  kResume,   ///< go on with it
  kRestart,  ///< replace it in any case
};

/// The record of a batch, by which it goes on after a kill at any moment: an AppendLog
/// (base/append_log.h says what a kill and a power cut leave). The header says by which model and
/// options; a record is the whole result of one file, written after its drawings; the last says
/// that the batch was finished. One process at a time holds it.
class Journal {
 public:
  /// One line of a journal.
  struct Entry {
    /// State of the file when it was measured.
    FileStamp stamp;
    std::string drawn;  ///< name of its drawings
    /// What was measured, without the masks.
    Result result;
  };
  /// Where the entry of a file is, and what tells whether it is still of use.
  struct Place {
    FileStamp stamp;          ///< as in Entry
    std::string drawn;        ///< as in Entry
    std::uint64_t place = 0;  ///< for JournalReader
    bool measured = false;    ///< the result is neither an error nor of a file that is left out
  };
  /// What a journal file holds: with T Entry all of it, with T Place little of each file.
  template <typename T>
  struct ContentOf {
    nlohmann::json header;             ///< null where not even that was written
    std::map<std::string, T> entries;  ///< by path; a later line goes before an earlier
    /// The last line says that the batch was finished.
    bool finished = false;
    std::size_t inputs = 0;     ///< of a finished one: files of the whole batch, other shards' too
    std::string inputs_digest;  ///< of a finished one: DigestOfPaths of these files; "": not known
    LeftOutFiles left_out;      ///< of a finished one: found before any file was read
    double coverage = 0;        ///< of a finished one: BatchPageFacts::coverage; 0: not known
  };
  using Content = ContentOf<Entry>;  ///< with the results
  using Places = ContentOf<Place>;   ///< for batches whose results memory could not hold

  /// Throws kNotFound, or kCorrupt where the file is no journal.
  static Content Read(const std::filesystem::path& path);
  /// Reads without keeping the results; throws what Read throws.
  static Places ReadPlaces(const std::filesystem::path& path);

  /// Throws kUsage where the file is of an unfinished batch and `start` is kNew, was made with
  /// another header, or is held by another run; kCorrupt where it is no journal; kIo.
  Journal(const std::filesystem::path& path, const nlohmann::json& header, JournalStart start);

  /// The entry that an earlier run left of the item in its present state, if any; given once. An
  /// entry with a measured result is kept where the item's file is not there.
  std::optional<Place> Take(const BatchItem& item);
  /// Throws kNotFound, which names the input, where measured results of an earlier run would be
  /// lost because their files are away: those that Take found so, and those under `unread`
  /// (CollectedImages::unread). To be called after Take for all items and before Append.
  void CheckFilesThere(const std::vector<std::filesystem::path>& unread) const;
  /// Returns where the result is. Thread-safe. Throws kIo.
  std::uint64_t Append(const BatchItem& item, const FileStamp& stamp, const Result& result);
  /// The batch is done. Results of files that Take was never asked for are dropped: they are not
  /// among the inputs any more. `inputs`: files of the whole batch; `left_out`: those beside them;
  /// `coverage`: of its intervals; `digest`: DigestOfPaths of the files of the whole batch.
  void Finish(std::size_t inputs, const LeftOutFiles& left_out = {}, double coverage = 0,
              const std::string& digest = {});

 private:
  AppendLog log_;
  std::filesystem::path path_;
  std::map<std::string, Place> earlier_;
  std::vector<std::filesystem::path> away_;  ///< files of `earlier_` that are not there
  std::mutex mutex_;                         ///< of earlier_ and away_
};

/// Reads results from a journal, one at a time, also while it is being written.
class JournalReader {
 public:
  /// Throws kNotFound.
  explicit JournalReader(std::filesystem::path path);
  /// Returns the result at a place that Journal gave, without masks. Throws kIo where there is
  /// none.
  Result At(std::uint64_t place);

 private:
  std::filesystem::path path_;
  std::ifstream file_;
};

}  // namespace mhcnn
