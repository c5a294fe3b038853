#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mhcnn {

/// Returns the bytes as a gzip file (RFC 1952). `level`: 1 is fast, 9 is small. Throws
/// Error(kInternal) where zlib fails.
std::vector<std::uint8_t> CompressGzip(std::span<const std::uint8_t> bytes, int level = 6);

}  // namespace mhcnn
