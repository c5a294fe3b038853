#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mhcnn/base/memory_file.h"

namespace mhcnn {

/// Limits of what one packed file may become in memory.
inline constexpr std::uint64_t kMaxUnpackedBytes = std::uint64_t{2} << 30;
/// Largest ratio of size and packed size, for what is larger than 64 MiB. Gzip reaches 1030, and a
/// blank picture comes near it.
inline constexpr std::uint64_t kMaxUnpackRatio = 1100;
inline constexpr std::size_t kUnpackHead = std::size_t{1} << 20;  ///< enough to see the first bytes

/// How one file is packed, by its first bytes.
enum class Packing { kNone, kGzip, kBzip2, kXz, kZstd };
/// Tells how a file is compressed from its first bytes.
Packing SniffPacking(std::span<const std::uint8_t> head);

/// The first bytes of what is packed in a file, at most `count`; fewer, or none, where it is
/// damaged. The file may be only a beginning (kUnpackHead bytes).
std::vector<std::uint8_t> UnpackedHead(const std::filesystem::path& path, std::size_t count);
/// All of it, in memory. Throws Error: kCorrupt (damaged, cut short, its checksum), kLimit, kIo.
std::unique_ptr<MemoryFile> Unpack(const std::filesystem::path& path);

/// The first bytes of a file, at most `count`. A pipe is not waited for. Throws Error: kNotFound,
/// kIo (permission, a disk's error), kUnsupported (a pipe, socket or device), kUsage (a folder).
std::vector<std::uint8_t> FileHead(const std::filesystem::path& path, std::size_t count);

}  // namespace mhcnn
