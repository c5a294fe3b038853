#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "mhcnn/base/append_log.h"
#include "mhcnn/data/image_check.h"

namespace mhcnn {

/// Log of the images that mhcnn prepare has checked so far: an AppendLog with a record for each
/// image, so that a run that was stopped continues. base/append_log.h describes the state after a
/// kill and a power cut. Only one process at a time can open it; Add() is thread-safe.
class ImageCheckLog {
 public:
  /// Reads and opens the file. Throws kIo, kUsage if another run has opened it, and kCorrupt if it
  /// is another kind of file.
  explicit ImageCheckLog(const std::filesystem::path& path);

  /// Returns the check that was noted under this key, unless a mask that it converted is gone.
  std::optional<ImageCheck> Find(const std::string& key) const;
  /// Appends a check. Throws Error(kIo).
  void Add(const std::string& key, const ImageCheck& examination);

 private:
  AppendLog log_;
  std::map<std::string, ImageCheck> done_;
};

}  // namespace mhcnn
