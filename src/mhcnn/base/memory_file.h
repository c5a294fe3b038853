#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace mhcnn {

/// A file in memory that has a path for the object's life, so that no picture of a patient stays on
/// the disk after a kill.
class MemoryFile {
 public:
  MemoryFile();  ///< Makes an empty file. Throws Error(kIo).
  /// Makes a file with this content. Throws Error(kIo) if there is no memory.
  explicit MemoryFile(std::span<const std::uint8_t> content);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  /// Appends bytes. Throws Error(kIo) where there is no memory.
  void Append(std::span<const std::uint8_t> content);
  /// Returns the path under which this process can open the file.
  const std::filesystem::path& path() const { return path_; }
  /// Returns the number of bytes.
  std::uint64_t size() const { return size_; }

 private:
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::filesystem::path path_;
};

}  // namespace mhcnn
