#include "mhcnn/dicom/codestream_kind.h"

#include <algorithm>
#include <array>
#include <string>

#include "mhcnn/dicom/syntax.h"

namespace mhcnn {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool StartsWith(Bytes bytes, std::initializer_list<int> start) {
  return bytes.size() >= start.size() && std::equal(start.begin(), start.end(), bytes.begin());
}

std::size_t Big16(Bytes bytes, std::size_t at) {
  return static_cast<std::size_t>(bytes[at]) << 8 | bytes[at + 1];
}

/// Detects the kind by the frame header (ITU-T T.81 B.1.1.3, T.87 C.1.1).
CodestreamKind DetectJpegKind(Bytes bytes) {
  std::size_t at = 2;
  while (at + 4 <= bytes.size() && bytes[at] == 0xFF) {
    switch (const int marker = bytes[at + 1]) {
      case 0xFF:  // fill byte
        ++at;
        continue;
      case 0xC0:
        return CodestreamKind::kJpegBaseline;
      case 0xC1:
        return CodestreamKind::kJpegExtended;
      case 0xC3:
        return CodestreamKind::kJpegLossless;
      case 0xF7:
        return CodestreamKind::kJpegLs;
      case 0xD9:
      case 0xDA:
        return CodestreamKind::kUnknown;
      default:
        if (marker > 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
          return CodestreamKind::kJpegProgressive;
        }
    }
    at += 2 + Big16(bytes, at + 2);
  }
  return CodestreamKind::kUnknown;
}

/// Detects HTJ2K by the CAP marker segment in its main header (ITU-T T.814 A.3).
CodestreamKind DetectJpeg2000Kind(Bytes bytes) {
  std::size_t at = 2;
  while (at + 4 <= bytes.size() && bytes[at] == 0xFF) {
    const int marker = bytes[at + 1];
    if (marker == 0x50) return CodestreamKind::kHtj2k;
    if (marker == 0x90) break;  // first tile
    at += 2 + Big16(bytes, at + 2);
  }
  return CodestreamKind::kJpeg2000;
}

/// Returns whether an RLE header begins: 16 numbers of 32 bits, the count of segments and offsets.
bool IsRle(Bytes bytes) {
  constexpr std::size_t kHeader = 64;
  if (bytes.size() < kHeader) return false;
  std::array<std::uint32_t, 16> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    for (std::size_t b = 4; b-- > 0;) numbers[i] = numbers[i] << 8 | bytes[4 * i + b];
  }
  const std::uint32_t segments = numbers[0];
  if (segments == 0 || segments > 15 || numbers[1] != kHeader) return false;
  for (std::uint32_t i = 2; i <= segments; ++i) {
    if (numbers[i] <= numbers[i - 1] || numbers[i] >= bytes.size()) return false;
  }
  return std::all_of(numbers.begin() + segments + 1, numbers.end(),
                     [](std::uint32_t offset) { return offset == 0; });
}

}  // namespace

CodestreamKind DetectCodestreamKind(Bytes bytes) {
  if (StartsWith(bytes, {0xFF, 0xD8, 0xFF})) return DetectJpegKind(bytes);
  if (StartsWith(bytes, {0xFF, 0x4F, 0xFF, 0x51})) return DetectJpeg2000Kind(bytes);
  if (StartsWith(bytes, {0, 0, 0, 12, 'j', 'P', ' ', ' '})) {
    static constexpr std::array<std::uint8_t, 4> kStart = {0xFF, 0x4F, 0xFF, 0x51};
    const auto found = std::search(bytes.begin(), bytes.end(), kStart.begin(), kStart.end());
    if (found == bytes.end()) return CodestreamKind::kJpeg2000;
    return DetectJpeg2000Kind(bytes.subspan(static_cast<std::size_t>(found - bytes.begin())));
  }
  if (StartsWith(bytes, {0xFF, 0x0A}) || StartsWith(bytes, {0, 0, 0, 12, 'J', 'X', 'L', ' '})) {
    return CodestreamKind::kJpegXl;
  }
  if (StartsWith(bytes, {0x89, 'P', 'N', 'G', 0x0D, 0x0A})) return CodestreamKind::kPng;
  if (StartsWith(bytes, {0, 0, 1, 0xB3}) || StartsWith(bytes, {0, 0, 0, 1})) {
    return CodestreamKind::kVideo;
  }
  return IsRle(bytes) ? CodestreamKind::kRle : CodestreamKind::kUnknown;
}

const char* CodestreamName(CodestreamKind kind) {
  switch (kind) {
    case CodestreamKind::kUnknown:
      break;
    case CodestreamKind::kJpegBaseline:
    case CodestreamKind::kJpegExtended:
    case CodestreamKind::kJpegProgressive:
      return "JPEG";
    case CodestreamKind::kJpegLossless:
      return "JPEG lossless";
    case CodestreamKind::kJpegLs:
      return "JPEG-LS";
    case CodestreamKind::kJpeg2000:
      return "JPEG 2000";
    case CodestreamKind::kHtj2k:
      return "HTJ2K";
    case CodestreamKind::kRle:
      return "RLE";
    case CodestreamKind::kJpegXl:
      return "JPEG XL";
    case CodestreamKind::kPng:
      return "PNG";
    case CodestreamKind::kVideo:
      return "video";
  }
  return "an unknown kind";
}

E_TransferSyntax FindDecoderSyntax(CodestreamKind kind) {
  switch (kind) {
    case CodestreamKind::kJpegBaseline:
      return EXS_JPEGProcess1;
    case CodestreamKind::kJpegExtended:
      return EXS_JPEGProcess2_4;
    case CodestreamKind::kJpegProgressive:
      return EXS_JPEGProcess10_12;
    case CodestreamKind::kJpegLossless:
      return EXS_JPEGProcess14;
    case CodestreamKind::kJpegLs:
      return EXS_JPEGLSLossless;
    case CodestreamKind::kJpeg2000:
    case CodestreamKind::kHtj2k:
      return EXS_JPEG2000;
    case CodestreamKind::kRle:
      return EXS_RLELossless;
    default:
      return EXS_Unknown;
  }
}

bool AllowsCodestream(std::string_view syntax_uid, CodestreamKind kind) {
  using Kind = CodestreamKind;
  if (IsHtj2k(syntax_uid)) return kind == Kind::kHtj2k;
  const bool lossy =
      kind == Kind::kJpegBaseline || kind == Kind::kJpegExtended || kind == Kind::kJpegProgressive;
  switch (DcmXfer(std::string(syntax_uid).c_str()).getXfer()) {
    case EXS_JPEGProcess1:
      return kind == Kind::kJpegBaseline;
    case EXS_JPEGProcess14:
    case EXS_JPEGProcess14SV1:
    case EXS_JPEGProcess15:
    case EXS_JPEGProcess28:
    case EXS_JPEGProcess29:
      return kind == Kind::kJpegLossless;
    case EXS_JPEGLSLossless:
    case EXS_JPEGLSLossy:
      return kind == Kind::kJpegLs;
    case EXS_JPEG2000LosslessOnly:
    case EXS_JPEG2000:
    case EXS_JPEG2000MulticomponentLosslessOnly:
    case EXS_JPEG2000Multicomponent:
      return kind == Kind::kJpeg2000;
    case EXS_RLELossless:
      return kind == Kind::kRle;
    case EXS_LittleEndianImplicit:
    case EXS_LittleEndianExplicit:
    case EXS_BigEndianExplicit:
    case EXS_DeflatedLittleEndianExplicit:
    case EXS_Unknown:
      return false;
    default:
      return lossy && DcmXfer(std::string(syntax_uid).c_str()).isEncapsulated();
  }
}

}  // namespace mhcnn
