#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace mhcnn {

/// Limits that a file is held to before the toolkit parses it, which recurses into sequences and
/// takes memory for every item.
inline constexpr int kMaxDicomItems = 200'000;
inline constexpr int kMaxDicomDepth = 64;
/// Bytes that a deflated data set may grow to: a picture of kMaxPixels and its header.
inline constexpr std::uint64_t kMaxInflatedBytes = 304'000'000;

/// Walks over the elements of a file without recursion and almost without memory. Throws Error:
/// kNotFound; kCorrupt where it is empty or no plain file; kUnsupported for a transfer syntax that
/// is not known; kLimit where it goes beyond a limit above. What else is wrong with the file is
/// left to the toolkit to find. Returns the UID of the transfer syntax that the file meta
/// information names, "" without one.
std::string CheckDicomStructure(const std::filesystem::path& path);

/// The same for a data set in memory.
void CheckElements(std::span<const std::uint8_t> data, bool explicit_vr, bool big_endian);

}  // namespace mhcnn
