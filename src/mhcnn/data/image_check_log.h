#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "mhcnn/data/image_check.h"

namespace mhcnn {

/// Examinations done so far, one JSON line each, appended as they are made. A line that a kill cut
/// short is taken off on opening. Thread-safe.
class ImageCheckLog {
 public:
  /// Reads and opens. Throws kIo, and kCorrupt where the file is something else.
  explicit ImageCheckLog(std::filesystem::path path);
  ~ImageCheckLog();
  ImageCheckLog(const ImageCheckLog&) = delete;
  ImageCheckLog& operator=(const ImageCheckLog&) = delete;

  /// What was noted under this key, unless a mask it converted is gone.
  std::optional<ImageCheck> Find(const std::string& key) const;
  /// Appends a check. Throws Error(kIo).
  void Add(const std::string& key, const ImageCheck& examination);

 private:
  std::filesystem::path path_;
  std::map<std::string, ImageCheck> done_;
  std::mutex mutex_;
  int fd_ = -1;
};

}  // namespace mhcnn
