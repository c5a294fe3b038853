#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "mhcnn/batch/journal.h"

namespace mhcnn {

/// The files that a batch is measuring, noted on the disk (results.begun), so that the next run
/// knows which files were begun when a run was killed. A run that is not killed, also one with an
/// error, removes its notes, and one that was asked to end (Interrupted) does not count, whatever
/// ends it then: a second signal, or a scheduler that waits no longer. The notes are not flushed to
/// the disk: a killed process loses nothing of them, and a power cut is not the fault of a file. If
/// they cannot be written, the batch continues without them.
class InProgressFiles {
 public:
  /// Number of killed runs in which a file was begun, after which it is not begun again.
  static constexpr int kMaxKills = 2;

  /// A file that is being measured. Without Done() it counts as not begun by this run.
  class Note {
   public:
    ~Note();
    Note(const Note&) = delete;
    Note& operator=(const Note&) = delete;
    /// Notes that the journal has the file's row.
    void Done() { done_ = true; }

   private:
    friend class InProgressFiles;
    Note(InProgressFiles& files, std::string name) : files_(files), name_(std::move(name)) {}

    InProgressFiles& files_;
    std::string name_;
    bool done_ = false;
  };

  /// Reads the notes that killed runs left, if `resume`; else forgets them.
  InProgressFiles(std::filesystem::path path, bool resume);
  /// Removes the file if it contains no note.
  ~InProgressFiles();
  InProgressFiles(const InProgressFiles&) = delete;
  InProgressFiles& operator=(const InProgressFiles&) = delete;

  /// Returns the number of killed runs in which the item was begun in the present state of its
  /// file.
  int Kills(const BatchItem& item) const;
  /// Notes that the item is begun. Thread-safe; one note for each item at a time.
  Note Begin(const BatchItem& item, const FileStamp& stamp);
  /// Notes that the batch is done: only files that are not begun again keep their notes.
  void Finish();

 private:
  struct Begun {
    FileStamp stamp;
    int kills = 0;         ///< killed runs before this run
    bool at_hand = false;  ///< being measured by this run
  };

  void Read();
  void End(const std::string& name, bool done);
  void Write();
  void WriteWhenInterrupted(const std::stop_token& stop);

  std::filesystem::path path_;
  mutable std::mutex mutex_;
  std::map<std::string, Begun> begun_;
  int fd_ = -1;
  std::size_t written_ = 0;  ///< bytes of the file
  std::condition_variable_any stopped_;
  std::jthread watch_;  ///< last, so that it ends before the rest goes
};

}  // namespace mhcnn
