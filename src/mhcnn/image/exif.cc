#include "mhcnn/image/exif.h"

#include <cstddef>

namespace mhcnn {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// Returns a number of `count` bytes; 0 beyond the end of the block.
std::uint32_t Number(Bytes bytes, std::size_t at, int count, bool big_endian) {
  std::uint32_t value = 0;
  if (at + static_cast<std::size_t>(count) > bytes.size()) return 0;
  for (int i = 0; i < count; ++i) {
    const int shift = 8 * (big_endian ? count - 1 - i : i);
    value |= std::uint32_t{bytes[at + static_cast<std::size_t>(i)]} << shift;
  }
  return value;
}

}  // namespace

int ReadExifOrientation(Bytes block) {
  constexpr std::uint32_t kOrientation = 274, kShort = 3, kLong = 4;
  if (block.size() < 8 || block[0] != block[1] || (block[0] != 'I' && block[0] != 'M')) return 1;
  const bool big = block[0] == 'M';
  if (Number(block, 2, 2, big) != 42) return 1;
  const std::size_t at = Number(block, 4, 4, big);
  const std::uint32_t fields = Number(block, at, 2, big);
  for (std::uint32_t i = 0; i < fields; ++i) {
    const std::size_t field = at + 2 + std::size_t{12} * i;
    if (field + 12 > block.size()) return 1;
    if (Number(block, field, 2, big) != kOrientation) continue;
    const std::uint32_t type = Number(block, field + 2, 2, big);
    if ((type != kShort && type != kLong) || Number(block, field + 4, 4, big) != 1) return 1;
    const std::uint32_t value = Number(block, field + 8, type == kShort ? 2 : 4, big);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

cv::Mat ApplyExifOrientation(const cv::Mat& stored, int orientation) {
  if (orientation < 2 || orientation > 8) return stored;
  // Into a matrix of its own: one that shares a square picture's pixels would be turned in place.
  cv::Mat turned;
  if (orientation >= 5) {
    cv::transpose(stored, turned);
  } else {
    turned = stored;
  }
  const bool mirror_x =
      orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  const bool mirror_y =
      orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  if (!mirror_x && !mirror_y) return turned;
  cv::Mat mirrored;
  cv::flip(turned, mirrored, mirror_x ? (mirror_y ? -1 : 1) : 0);
  return mirrored;
}

}  // namespace mhcnn
