#include "mhcnn/image/codestream.h"

#include <algorithm>

namespace mhcnn {
namespace {

std::int64_t BigEndian(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t count) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[at + i];
  return value;
}

}  // namespace

std::optional<CodestreamHeader> ReadJpegHeader(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 4 || bytes[0] != 0xFF || bytes[1] != 0xD8) return std::nullopt;
  std::size_t at = 2;
  while (at + 10 <= bytes.size()) {
    if (bytes[at] != 0xFF) return std::nullopt;
    const int marker = bytes[at + 1];
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    // SOF0..SOF15 without DHT, JPG and DAC; SOF55 is JPEG-LS.
    const bool frame =
        (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) ||
        marker == 0xF7;
    if (frame) {
      CodestreamHeader header;
      header.precision = bytes[at + 4];
      header.rows = BigEndian(bytes, at + 5, 2);
      header.columns = BigEndian(bytes, at + 7, 2);
      header.components = bytes[at + 9];
      return header;
    }
    if (marker == 0xD9 || marker == 0xDA) return std::nullopt;
    at += 2 + static_cast<std::size_t>(BigEndian(bytes, at + 2, 2));
  }
  return std::nullopt;
}

std::optional<CodestreamHeader> ReadJpeg2000Header(std::span<const std::uint8_t> bytes) {
  // SOC, then SIZ as the first marker segment: its fields stand at fixed places.
  if (bytes.size() < 43 || BigEndian(bytes, 0, 4) != 0xFF4FFF51) return std::nullopt;
  CodestreamHeader header;
  header.columns = BigEndian(bytes, 8, 4) - BigEndian(bytes, 16, 4);
  header.rows = BigEndian(bytes, 12, 4) - BigEndian(bytes, 20, 4);
  const std::int64_t tile_columns = BigEndian(bytes, 24, 4), tile_rows = BigEndian(bytes, 28, 4);
  header.components = static_cast<int>(BigEndian(bytes, 40, 2));
  header.precision = (bytes[42] & 0x7F) + 1;
  header.is_signed = (bytes[42] & 0x80) != 0;
  if (tile_columns == 0 || tile_rows == 0) return std::nullopt;
  header.tiles = ((header.columns + tile_columns - 1) / tile_columns) *
                 ((header.rows + tile_rows - 1) / tile_rows);
  return header;
}

bool HasJpegEnd(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kPadding = 4096;
  const auto tail = bytes.last(std::min(bytes.size(), kPadding));
  for (std::size_t i = tail.size(); i >= 2; --i) {
    if (tail[i - 2] == 0xFF && tail[i - 1] == 0xD9) return true;
  }
  return false;
}

}  // namespace mhcnn
