#include "mhcnn/image/bmp_check.h"

#include <cstdlib>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

std::uint32_t Number(std::span<const std::uint8_t> content, std::size_t at, std::size_t count) {
  if (at + count > content.size()) throw Error(ErrorCode::kCorrupt, "is cut short");
  std::uint32_t value = 0;
  while (count-- > 0) value = value << 8 | content[at + count];
  return value;
}

}  // namespace

ImageHeaderClaim CheckBmp(std::span<const std::uint8_t> content) {
  constexpr std::uint32_t kOldHeader = 12, kHeader = 40;
  const std::uint32_t start = Number(content, 10, 4), header = Number(content, 14, 4);
  ImageHeaderClaim claim;
  std::uint32_t bits = 0, compression = 0;
  if (header == kOldHeader) {
    claim.width = Number(content, 18, 2);
    claim.height = Number(content, 20, 2);
    bits = Number(content, 24, 2);
  } else if (header >= kHeader) {
    claim.width = static_cast<std::int32_t>(Number(content, 18, 4));
    // Negative: the first row is the top one.
    claim.height = std::llabs(static_cast<std::int32_t>(Number(content, 22, 4)));
    bits = Number(content, 28, 2);
    compression = Number(content, 30, 4);
  }
  CheckClaimedSize(claim);
  const bool usual_masks = compression == 3 && bits == 32 && Number(content, 54, 4) == 0xFF0000 &&
                           Number(content, 58, 4) == 0xFF00 && Number(content, 62, 4) == 0xFF;
  if (compression != 0 && !usual_masks) {
    throw Error(ErrorCode::kUnsupported, "is a compressed BMP, or one of an unusual order of bits",
                {}, "save it as PNG");
  }
  if (bits != 1 && bits != 4 && bits != 8 && bits != 24 && bits != 32) {
    throw Error(ErrorCode::kUnsupported, "is a BMP of " + std::to_string(bits) + " bits a pixel",
                {}, "save it as PNG");
  }
  // Rows are padded to four bytes.
  const std::int64_t row = (claim.width * bits + 31) / 32 * 4;
  if (start + row * claim.height > static_cast<std::int64_t>(content.size())) {
    throw Error(ErrorCode::kCorrupt, "is cut short");
  }
  return claim;
}

}  // namespace mhcnn
