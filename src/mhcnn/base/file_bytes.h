#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "mhcnn/base/file_descriptor.h"
#include "mhcnn/base/guarded_memory.h"

namespace mhcnn {

/// The bytes of a file for reading: mapped into memory where the file system can do that, else
/// read. Some network and user-space file systems cannot (ENODEV).
class FileBytes {
 public:
  /// How the bytes come into memory.
  enum class How { kMapIfPossible, kRead };

  /// Opens a file. Throws Error: kNotFound, kIo, kLimit (ReadFile), kUsage where `path` is a
  /// folder, kCorrupt where the file is empty or not a plain file.
  explicit FileBytes(const std::filesystem::path& path, How how = How::kMapIfPossible);
  ~FileBytes();
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  /// Calls `use` with all bytes (std::span<const std::uint8_t>) and returns what it returns, which
  /// must not refer to them. Bytes of a mapped file that another program cuts short meanwhile, or
  /// whose disk fails, are zeros: then Error(kIo) is thrown, whatever `use` made of them.
  template <typename F>
  auto Read(F&& use) const {
    const auto checked = [&] {
      try {
        return use(bytes_);
      } catch (...) {
        CheckWhole();
        throw;
      }
    };
    if constexpr (std::is_void_v<decltype(use(bytes_))>) {
      checked();
      CheckWhole();
    } else {
      auto made = checked();
      CheckWhole();
      return made;
    }
  }

 private:
  void CheckWhole() const;

  std::filesystem::path path_;
  FileDescriptor fd_;
  std::vector<std::uint8_t> read_;
  void* mapped_ = nullptr;
  std::optional<GuardedMemory> guard_;
  std::span<const std::uint8_t> bytes_;
};

}  // namespace mhcnn
