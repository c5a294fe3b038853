#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace mhcnn {

/// The bytes of a file for reading: mapped into memory where the file system can do that, else
/// read. Some network and user-space file systems cannot (ENODEV).
class FileBytes {
 public:
  /// How the bytes come into memory.
  enum class How { kMapIfPossible, kRead };

  /// Throws Error: kNotFound, kIo, kLimit (ReadFile), kCorrupt where the file is empty or no plain
  /// file.
  explicit FileBytes(const std::filesystem::path& path, How how = How::kMapIfPossible);
  ~FileBytes();
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  /// Returns all bytes of the file; they are valid as long as this object.
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> read_;
  void* mapped_ = nullptr;
  std::span<const std::uint8_t> bytes_;
};

}  // namespace mhcnn
