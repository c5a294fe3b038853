#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mhcnn/base/memory_file.h"

namespace mhcnn {

/// Largest size of one unpacked file in memory, in bytes.
inline constexpr std::uint64_t kMaxUnpackedBytes = std::uint64_t{2} << 30;
/// Largest ratio of size and packed size, for content larger than 64 MiB. Gzip reaches 1030, and a
/// blank picture comes near it.
inline constexpr std::uint64_t kMaxUnpackRatio = 1100;
inline constexpr std::size_t kUnpackHead = std::size_t{1} << 20;  ///< enough for ReadUnpackedHead

/// Packing of one file, found from its first bytes.
enum class Packing { kNone, kGzip, kBzip2, kXz, kZstd };
/// Tells how a file is compressed from its first bytes.
Packing SniffPacking(std::span<const std::uint8_t> head);

/// Returns the first bytes of the unpacked content of a file, at most `count`; fewer, or none,
/// where it is damaged. The file may be only a beginning (kUnpackHead bytes).
std::vector<std::uint8_t> ReadUnpackedHead(const std::filesystem::path& path, std::size_t count);
/// Unpacks a file into memory. Throws Error: kCorrupt (damaged, cut short, checksum), kLimit, kIo.
std::unique_ptr<MemoryFile> Unpack(const std::filesystem::path& path);

/// Returns the first bytes of a file, at most `count`. Does not wait for a pipe. Throws: kNotFound,
/// kIo (permission, disk error), kUnsupported (a pipe, socket or device), kUsage (a folder).
std::vector<std::uint8_t> ReadFileHead(const std::filesystem::path& path, std::size_t count);

}  // namespace mhcnn
