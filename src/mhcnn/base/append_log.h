#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace mhcnn {

/// Names and texts of one kind of log, in its files and messages.
struct AppendLogFormat {
  std::string schema;     ///< name in the first line, e.g. "mhcnn-journal/1"
  std::string name;       ///< name in messages, e.g. "the journal of a batch"
  std::string remedy;     ///< advice where the file is something else
  std::string when_full;  ///< next step after some disk space was freed
  /// Field by which a file of an earlier version is recognised: a file whose first line is a record
  /// with this field is read too. Empty: no such file is read. For one release.
  std::string field_without_header;
};

/// A file of records that only grows: a program writes what it has done, and reads it after a kill
/// to continue from there.
///
/// Format: text with a JSON object a line. The first line is {"schema": ..., "header": ...}, each
/// other line is a record.
///
/// Rule for files after a kill: a last line without its line end counts as not written. Reading
/// ignores it, and Continue() removes it. A line in the middle that is not a JSON object (from a
/// damaged disk or an earlier version) counts as not written too: its work is done again. A file
/// whose first whole line is not of this schema is refused and not changed.
///
/// Rule for power cuts: Restart() and Append() return after the line is flushed to the disk
/// (fdatasync), so that a power cut loses no record whose Append() returned. A file system that
/// cannot flush is used without flushes.
///
/// One process at a time writes: the file is locked (flock) from the constructor to the destructor.
/// A file system without locks is used without a lock.
class AppendLog {
 public:
  /// Function that ReadAppendLog() calls for each record; `place`: position of its line in bytes.
  using OnRecord = std::function<void(const nlohmann::json& record, std::uint64_t place)>;

  /// Opens the file for reading and writing, and makes it and its folder where they are missing.
  /// Throws Error(kUsage) if another process has the file open, and another Error if it cannot be
  /// read or written.
  AppendLog(std::filesystem::path path, AppendLogFormat format);
  ~AppendLog();
  AppendLog(const AppendLog&) = delete;
  AppendLog& operator=(const AppendLog&) = delete;

  /// Empties the file and writes the first line. Throws kIo.
  void Restart(const nlohmann::json& header);
  /// Keeps the records and removes a last line that a kill cut short. Throws kIo.
  void Continue();
  /// Adds a record and returns where its line begins, in bytes. Text that is no UTF-8 is replaced.
  /// Thread-safe. Throws kIo; the file then ends with the record before.
  std::uint64_t Append(const nlohmann::json& record);

 private:
  std::uint64_t Write(const nlohmann::json& line);

  std::filesystem::path path_;
  AppendLogFormat format_;
  std::mutex mutex_;
  int fd_ = -1;
  bool ends_within_line_ = false;  ///< whether a failed write left a part of a line
};

/// Calls `on_record` for each record of a file in turn. Returns the header; null where the first
/// line is missing or cut short. Throws kNotFound, and kCorrupt where the file is something else.
nlohmann::json ReadAppendLog(const std::filesystem::path& path, const AppendLogFormat& format,
                             const AppendLog::OnRecord& on_record);

/// Returns the record whose line begins at `place`. Throws kIo where none does.
nlohmann::json ReadAppendLogAt(const std::filesystem::path& path, std::istream& file,
                               std::uint64_t place);

}  // namespace mhcnn
