#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mhcnn {

/// Writes all bytes to a file descriptor: repeats interrupted and short writes. Returns whether all
/// were written; if not, errno gives the reason.
[[nodiscard]] bool WriteAll(int fd, std::span<const std::uint8_t> bytes);
/// Writes a text in the same way.
[[nodiscard]] bool WriteAll(int fd, std::string_view text);

}  // namespace mhcnn
