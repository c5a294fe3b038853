#pragma once

#include <cstdint>
#include <string_view>

namespace mhcnn {

/// Returns the CRC-32C (Castagnoli) of RFC 3720, which TFRecord files use.
std::uint32_t Crc32c(std::string_view data);

}  // namespace mhcnn
