#include "mhcnn/image/jpeg2000_file.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/image/codestream.h"
#include "mhcnn/image/jpeg2000.h"

namespace mhcnn {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// SIZ's Ssiz (ITU-T T.800 A.5.1) has a sign bit; it stands behind the fixed fields.
constexpr std::size_t kPrecisionAt = 42;

Bytes Codestream(Bytes content) {
  static constexpr std::array<std::uint8_t, 4> kStart = {0xFF, 0x4F, 0xFF, 0x51};
  const auto found = std::search(content.begin(), content.end(), kStart.begin(), kStart.end());
  return content.subspan(static_cast<std::size_t>(found - content.begin()));
}

CodestreamHeader Header(Bytes content) {
  const auto header = ReadJpeg2000Header(Codestream(content));
  if (!header) throw Error(ErrorCode::kCorrupt, "is damaged (it has no JPEG 2000 header)");
  return *header;
}

}  // namespace

ImageHeaderClaim CheckJpeg2000(Bytes content) {
  const CodestreamHeader header = Header(content);
  const ImageHeaderClaim claim{header.columns, header.rows, header.precision, false};
  CheckClaimedSize(claim);
  if (header.precision > 16 || (Codestream(content)[kPrecisionAt] & 0x80) != 0) {
    throw Error(ErrorCode::kUnsupported, "has samples other than up to 16 unsigned bits", {},
                "convert it to 16-bit PNG");
  }
  if (header.components < 1 || header.components > 4) {
    throw Error(ErrorCode::kUnsupported,
                "has " + std::to_string(header.components) + " samples a pixel", {},
                "give a grey picture");
  }
  return claim;
}

cv::Mat DecodeJpeg2000File(Bytes content) {
  const CodestreamHeader header = Header(content);
  Jpeg2000Image picture = DecodeJpeg2000(content, {.rows = static_cast<int>(header.rows),
                                                   .columns = static_cast<int>(header.columns)});
  for (cv::Mat1w& channel : picture.channels) {
    if (channel.size() != picture.channels.front().size()) {
      throw Error(ErrorCode::kUnsupported, "is a colour picture", {}, "give a grey picture");
    }
    if (!picture.is_signed) continue;
    // Two's complement in the order of its values, the lowest 0.
    const unsigned sign = 1U << (picture.precision - 1), all = 2 * sign - 1;
    for (auto& value : channel) value = static_cast<std::uint16_t>((value ^ sign) & all);
  }
  cv::Mat pixels;
  cv::merge(std::vector<cv::Mat>(picture.channels.begin(), picture.channels.end()), pixels);
  if (picture.precision <= 8) pixels.convertTo(pixels, CV_8U);
  return pixels;
}

}  // namespace mhcnn
