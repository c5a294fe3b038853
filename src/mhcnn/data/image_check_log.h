#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "mhcnn/base/append_log.h"
#include "mhcnn/data/image_check.h"

namespace mhcnn {

/// The images that mhcnn prepare has checked so far: an AppendLog with a record an image, so that a
/// run that was stopped continues. base/append_log.h says what a kill and a power cut leave. One
/// process at a time holds it; Add() is thread-safe.
class ImageCheckLog {
 public:
  /// Reads and opens. Throws kIo, kUsage where another run holds the file, and kCorrupt where it is
  /// something else.
  explicit ImageCheckLog(const std::filesystem::path& path);

  /// Returns what was noted under this key, unless a mask it converted is gone.
  std::optional<ImageCheck> Find(const std::string& key) const;
  /// Appends a check. Throws Error(kIo).
  void Add(const std::string& key, const ImageCheck& examination);

 private:
  AppendLog log_;
  std::map<std::string, ImageCheck> done_;
};

}  // namespace mhcnn
