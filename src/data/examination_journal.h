#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "data/examine.h"

namespace mhcnn {

/// Examinations done so far, one JSON line each, appended as they are made. A line that a kill cut
/// short is taken off on opening. Thread-safe.
class ExaminationJournal {
 public:
  /// Reads and opens. Throws kIo, and kCorrupt where the file is something else.
  explicit ExaminationJournal(std::filesystem::path path);
  ~ExaminationJournal();
  ExaminationJournal(const ExaminationJournal&) = delete;
  ExaminationJournal& operator=(const ExaminationJournal&) = delete;

  /// What was noted under this key, unless a mask it converted is gone.
  std::optional<Examination> Find(const std::string& key) const;
  void Add(const std::string& key, const Examination& examination);

 private:
  std::filesystem::path path_;
  std::map<std::string, Examination> done_;
  std::mutex mutex_;
  int fd_ = -1;
};

}  // namespace mhcnn
