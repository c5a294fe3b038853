#include "mhcnn/base/checksum.h"

#include <array>

namespace mhcnn {
namespace {

constexpr std::array<std::uint32_t, 256> CrcTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ (c & 1 ? 0x82F63B78u : 0);
    table[i] = c;
  }
  return table;
}

}  // namespace

std::uint32_t Crc32c(std::string_view data) {
  static constexpr auto kTable = CrcTable();
  std::uint32_t crc = ~0u;
  for (const char byte : data)
    crc = kTable[(crc ^ static_cast<std::uint8_t>(byte)) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

}  // namespace mhcnn
