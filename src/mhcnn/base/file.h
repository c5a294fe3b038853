#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// Reads a whole file. Throws kNotFound, kIo, or kLimit where it is larger than `max_bytes`.
std::vector<std::uint8_t> ReadFile(const std::filesystem::path& path,
                                   std::uint64_t max_bytes = std::uint64_t{4} << 30);
/// Reads a whole file as text, without a change of its bytes. Throws what ReadFile throws.
std::string ReadTextFile(const std::filesystem::path& path,
                         std::uint64_t max_bytes = std::uint64_t{256} << 20);

/// Returns the hash of a file's bytes (FNV-1a, 64 bits) as 16 hexadecimal digits: to detect a
/// change, not against forgery.
std::string FileFingerprint(const std::filesystem::path& path);

/// A file of which a reader sees the old content or the whole new one, never a part: a temporary
/// file in the same folder is written, flushed to disk and renamed by Commit(). Without Commit()
/// nothing is left.
class AtomicFile {
 public:
  /// Begins a file, and creates missing parent folders. Throws what MakeFolder throws, and kIo.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends bytes. Throws Error(kIo), for example if the disk is full.
  void Write(const void* data, std::size_t size);
  /// Appends the bytes of a text. Throws Error(kIo).
  void Write(std::string_view text) { Write(text.data(), text.size()); }
  /// Returns the path of the content until Commit(), for libraries that write to a path.
  const std::filesystem::path& temporary_path() const { return temporary_; }
  /// Flushes the content to the disk and renames the file to its path. Throws Error(kIo).
  void Commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int fd_ = -1;
};

/// Removes temporary files of these that killed processes left. Nobody may be writing the files.
void RemoveStaleTemporaries(const std::set<std::filesystem::path>& files);

/// Writes a whole file through AtomicFile. Throws what AtomicFile throws.
void WriteFileAtomically(const std::filesystem::path& path, std::string_view content);
/// Writes a whole file through AtomicFile. Throws what AtomicFile throws.
void WriteFileAtomically(const std::filesystem::path& path,
                         const std::vector<std::uint8_t>& content);

}  // namespace mhcnn
