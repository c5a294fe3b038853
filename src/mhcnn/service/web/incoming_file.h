#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace mhcnn {

/// File that is being received. Its destructor removes it unless it was released.
class IncomingFile {
 public:
  /// Creates the file, which must not exist. Throws Error(kIo).
  explicit IncomingFile(std::filesystem::path path);
  ~IncomingFile();
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;

  /// Appends bytes. Throws Error(kIo).
  void Write(std::string_view piece);
  /// Closes the file. It belongs to the caller from now on. Throws Error(kIo).
  std::filesystem::path ReleaseFile();
  /// Returns the path of the file.
  const std::filesystem::path& path() const { return path_; }
  /// Returns the number of bytes of the writes that succeeded.
  std::uint64_t bytes() const { return bytes_; }

 private:
  [[noreturn]] void ThrowSystem() const;

  std::filesystem::path path_;
  int fd_ = -1;
  std::uint64_t bytes_ = 0;
};

}  // namespace mhcnn
