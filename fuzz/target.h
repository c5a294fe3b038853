#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace mhcnn::fuzzing {

/// A file in memory that holds the given bytes, for readers that take a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::uint8_t> bytes);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  int fd_;
  std::filesystem::path path_;
};

}  // namespace mhcnn::fuzzing

/// Each target reads the bytes as its format. An mhcnn::Error is the right answer to what cannot be
/// read; anything else that is thrown ends the program, and the fuzzer has a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
