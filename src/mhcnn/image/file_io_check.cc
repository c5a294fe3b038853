#include "mhcnn/image/file_io_check.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/image/bmp_check.h"
#include "mhcnn/image/exif.h"
#include "mhcnn/image/jpeg2000_file.h"

namespace mhcnn {
namespace {

using Bytes = std::span<const std::uint8_t>;

[[noreturn]] void CutShort() { throw Error(ErrorCode::kCorrupt, "is cut short"); }
[[noreturn]] void Damaged(const std::string& what) {
  throw Error(ErrorCode::kCorrupt, "is damaged (" + what + ")");
}
[[noreturn]] void Unsupported(const std::string& what, const std::string& remedy) {
  throw Error(ErrorCode::kUnsupported, what, {}, remedy);
}

std::uint64_t LongNumber(Bytes bytes, std::size_t at, int count, bool big_endian) {
  if (at > bytes.size() || static_cast<std::size_t>(count) > bytes.size() - at) CutShort();
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) {
    const int shift = 8 * (big_endian ? count - 1 - i : i);
    value |= std::uint64_t{bytes[at + static_cast<std::size_t>(i)]} << shift;
  }
  return value;
}

/// Reads a number of at most four bytes.
std::uint32_t Number(Bytes bytes, std::size_t at, int count, bool big_endian = true) {
  return static_cast<std::uint32_t>(LongNumber(bytes, at, count, big_endian));
}

}  // namespace

void CheckClaimedSize(const ImageHeaderClaim& claim) {
  if (claim.width <= 0 || claim.height <= 0) Damaged("it claims no pixels");
  // Each side fits 32 bits, so the product does not overflow.
  if (claim.width > kMaxPixels || claim.height > kMaxPixels ||
      claim.width * claim.height > kMaxPixels) {
    throw Error(ErrorCode::kLimit, "claims " + std::to_string(claim.width) + " x " +
                                       std::to_string(claim.height) +
                                       " pixels, more than the limit of " +
                                       std::to_string(kMaxPixels / 1'000'000) + " million");
  }
}

namespace {

/// CRC-32 of PNG (ISO 3309).
std::uint32_t Crc(Bytes bytes) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t n = 0; n < 256; ++n) {
      std::uint32_t c = n;
      for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
      table[n] = c;
    }
    return table;
  }();
  std::uint32_t c = 0xFFFFFFFFU;
  for (const std::uint8_t byte : bytes) c = kTable[(c ^ byte) & 0xFF] ^ (c >> 8);
  return c ^ 0xFFFFFFFFU;
}

ImageHeaderClaim CheckPng(Bytes content) {
  ImageHeaderClaim claim;
  for (std::size_t at = 8;;) {
    const std::uint32_t length = Number(content, at, 4), type = Number(content, at + 4, 4);
    if (length > content.size() - at - 8 || content.size() - at - 8 - length < 4) CutShort();
    constexpr std::uint32_t kHeader = 0x49484452, kEnd = 0x49454E44, kAnimation = 0x6163544C,
                            kExif = 0x65584966;
    if (at == 8) {
      if (type != kHeader || length != 13) Damaged("it has no header");
      claim = {Number(content, 16, 4), Number(content, 20, 4), content[24]};
      CheckClaimedSize(claim);
    }
    if (Crc(content.subspan(at + 4, length + 4)) != Number(content, at + 8 + length, 4)) {
      Damaged("a checksum does not fit");
    }
    if (type == kExif) claim.orientation = ReadExifOrientation(content.subspan(at + 8, length));
    if (type == kAnimation) Unsupported("is an animation", "give one picture");
    if (type == kEnd) return claim;
    at += 12 + length;
  }
}

/// Reads the orientation of an APP1 segment whose data begin at `at`; 0 where it is no Exif block.
int JpegOrientation(Bytes content, std::size_t at, std::size_t length) {
  static constexpr std::array<std::uint8_t, 6> kExif = {'E', 'x', 'i', 'f', 0, 0};
  if (length < 2 + kExif.size() || at + length - 2 > content.size()) return 0;
  const Bytes data = content.subspan(at, length - 2);
  if (!std::equal(kExif.begin(), kExif.end(), data.begin())) return 0;
  return ReadExifOrientation(data.subspan(kExif.size()));
}

ImageHeaderClaim CheckJpeg(Bytes content) {
  ImageHeaderClaim claim;
  int orientation = 0;  // the first Exif block counts
  std::size_t start_of_scan = 0;
  for (std::size_t at = 2; start_of_scan == 0;) {
    if (Number(content, at, 1) != 0xFF) Damaged("a marker is missing");
    const int marker = static_cast<int>(Number(content, at + 1, 1));
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == 0xD9) Damaged("it ends before its picture");
    if (marker == 0xDA) start_of_scan = at;
    if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
      claim = {Number(content, at + 7, 2), Number(content, at + 5, 2), content[at + 4]};
      CheckClaimedSize(claim);
      if (claim.bits != 8) {
        Unsupported("is a JPEG of " + std::to_string(claim.bits) + " bits",
                    "convert it to 16-bit PNG");
      }
    }
    const std::size_t length = Number(content, at + 2, 2);
    if (marker == 0xE1 && orientation == 0) orientation = JpegOrientation(content, at + 4, length);
    at += 2 + length;
  }
  claim.orientation = std::max(1, orientation);
  if (claim.width == 0) Damaged("it has no frame header");
  // Behind the first scan, where a thumbnail's end marker cannot be taken for it; archives append
  // data of their own.
  static constexpr std::array<std::uint8_t, 2> kEnd = {0xFF, 0xD9};
  const Bytes rest = content.subspan(start_of_scan);
  if (std::search(rest.begin(), rest.end(), kEnd.begin(), kEnd.end()) == rest.end()) CutShort();
  return claim;
}

/// The fields of a TIFF page that matter here (TIFF 6.0; BigTIFF: `wide`, with counts and offsets
/// of eight bytes).
class TiffPage {
 public:
  TiffPage(Bytes content, std::size_t at, bool big_endian, bool wide)
      : content_(content), at_(at), big_(big_endian), wide_(wide) {
    count_ = LongNumber(content, at, wide ? 8 : 2, big_endian);
    constexpr std::uint64_t kMostFields = 4096;
    if (count_ > kMostFields) Damaged("it claims too many fields");
  }

  std::uint64_t next() const { return LongNumber(content_, Field(count_), wide_ ? 8 : 4, big_); }

  /// Value `index` of a SHORT, LONG or LONG8 field, or `otherwise` where the field is absent.
  std::uint64_t Value(std::uint32_t tag, std::uint64_t otherwise, std::uint64_t index = 0) const {
    const std::size_t field = Find(tag);
    if (field == 0) return otherwise;
    const int size = ValueSize(field);
    if (index >= ReadEntryCount(field)) return otherwise;
    return LongNumber(content_, Data(field, size) + index * static_cast<std::size_t>(size), size,
                      big_);
  }
  std::uint64_t Count(std::uint32_t tag) const {
    const std::size_t field = Find(tag);
    return field == 0 ? 0 : ReadEntryCount(field);
  }

 private:
  std::size_t Field(std::uint64_t i) const {
    return at_ +
           (wide_ ? 8 + 20 * static_cast<std::size_t>(i) : 2 + 12 * static_cast<std::size_t>(i));
  }
  std::uint64_t ReadEntryCount(std::size_t field) const {
    return LongNumber(content_, field + 4, wide_ ? 8 : 4, big_);
  }
  std::size_t Find(std::uint32_t tag) const {
    for (std::uint64_t i = 0; i < count_; ++i) {
      if (Number(content_, Field(i), 2, big_) == tag) return Field(i);
    }
    return 0;
  }
  int ValueSize(std::size_t field) const {
    constexpr std::uint32_t kShort = 3, kLong = 4, kLong8 = 16;
    const std::uint32_t type = Number(content_, field + 2, 2, big_);
    if (type != kShort && type != kLong && !(wide_ && type == kLong8)) {
      Damaged("a field has a wrong type");
    }
    return type == kShort ? 2 : type == kLong ? 4 : 8;
  }
  /// Returns the place of a field's data: the field itself, where an offset's bytes hold them.
  std::size_t Data(std::size_t field, int size) const {
    const std::size_t in_field = field + (wide_ ? 12 : 8);
    const std::uint64_t room = wide_ ? 8 : 4;
    // Each value lies within the file, so that there cannot be more of them than its bytes.
    if (ReadEntryCount(field) > content_.size()) CutShort();
    if (ReadEntryCount(field) * static_cast<unsigned>(size) <= room) return in_field;
    const std::uint64_t at = LongNumber(content_, in_field, static_cast<int>(room), big_);
    if (at > content_.size()) CutShort();
    return static_cast<std::size_t>(at);
  }

  Bytes content_;
  std::size_t at_;
  bool big_, wide_;
  std::uint64_t count_ = 0;
};

/// Checks that strips or tiles lie within the file.
void CheckTiffData(const TiffPage& page, std::size_t file_size) {
  const bool tiled = page.Count(324) > 0;
  const std::uint32_t offsets = tiled ? 324 : 273, lengths = tiled ? 325 : 279;
  const std::uint64_t pieces = page.Count(offsets);
  if (pieces == 0) Damaged("it contains no picture data");
  for (std::uint64_t i = 0; i < pieces; ++i) {
    const std::uint64_t offset = page.Value(offsets, 0, i), length = page.Value(lengths, 0, i);
    if (offset > file_size || length > file_size - offset) CutShort();
  }
}

ImageHeaderClaim CheckTiff(Bytes content) {
  const bool big = content[0] == 'M';
  const bool wide = Number(content, 2, 2, big) == 43;
  ImageHeaderClaim claim;
  int pages = 0;
  constexpr int kMostPages = 1000;  // a loop of pages ends here
  std::uint64_t at = wide ? LongNumber(content, 8, 8, big) : Number(content, 4, 4, big);
  for (int walked = 0; at != 0 && walked < kMostPages; ++walked) {
    if (at > content.size()) CutShort();
    const TiffPage page(content, static_cast<std::size_t>(at), big, wide);
    at = page.next();
    // A reduced copy of another page (NewSubfileType) is no page of its own.
    if (claim.width != 0 && (page.Value(254, 0) & 1) != 0) continue;
    if (++pages > 1) Unsupported("contains several pages", "give one picture a file");
    // A side beyond the limit, however large, is one beyond it.
    const auto side = [&](std::uint32_t tag) {
      return static_cast<std::int64_t>(std::min<std::uint64_t>(page.Value(tag, 0), kMaxPixels + 1));
    };
    claim = {side(256), side(257), static_cast<int>(page.Value(258, 1)), page.Value(262, 1) == 0,
             1};
    const std::uint64_t orientation = page.Value(274, 1);
    if (orientation <= 8)
      claim.orientation = static_cast<int>(std::max<std::uint64_t>(1, orientation));
    CheckClaimedSize(claim);
    constexpr std::uint32_t kUnsigned = 1;
    if ((claim.bits != 1 && claim.bits != 8 && claim.bits != 16) ||
        page.Value(339, kUnsigned) != kUnsigned) {
      Unsupported("has samples other than 8 or 16 unsigned bits", "convert it to 16-bit PNG");
    }
    const std::uint64_t samples = page.Value(277, 1);
    if (samples == 0 || samples > 4) {
      Unsupported("has " + std::to_string(samples) + " samples a pixel", "give a grey picture");
    }
    if (page.Count(262) == 0) Damaged("it does not state what its values mean");
    CheckTiffData(page, content.size());
  }
  if (pages == 0) Damaged("it contains no page");
  return claim;
}

/// Width, height, largest value and where the samples begin.
struct PgmHeader {
  std::array<std::uint32_t, 3> fields{};
  std::size_t samples = 0;
};

/// The next decimal number, white space and comments before it skipped.
std::uint32_t NextNumber(Bytes content, std::size_t& at) {
  while (at < content.size() && (std::isspace(content[at]) != 0 || content[at] == '#')) {
    if (content[at] == '#') {
      while (at < content.size() && content[at] != '\n') ++at;
    } else {
      ++at;
    }
  }
  if (at >= content.size()) CutShort();
  std::uint32_t value = 0;
  const std::size_t start = at;
  for (; at < content.size() && std::isdigit(content[at]) != 0; ++at) {
    value = value * 10 + (content[at] - '0');
    if (value > 1'000'000'000) Damaged("a number is too large");
  }
  if (at == start) Damaged("a number is missing");
  return value;
}

PgmHeader ReadPgmHeader(Bytes content) {
  PgmHeader header;
  std::size_t at = 2;
  for (auto& field : header.fields) field = NextNumber(content, at);
  header.samples = at + 1;  // one white-space byte
  return header;
}

ImageHeaderClaim CheckPgm(Bytes content) {
  const PgmHeader header = ReadPgmHeader(content);
  const auto [width, height, largest] = header.fields;
  if (largest == 0 || largest > 65535) Damaged("its largest value is not 1..65535");
  const ImageHeaderClaim claim{width, height, largest > 255 ? 16 : 8, false};
  CheckClaimedSize(claim);
  const std::uint64_t bytes =
      std::uint64_t{width} * height * (content[1] == '5' ? (largest > 255 ? 2 : 1) : 2);
  // A plain PGM ("P2") has a digit and a separator a sample, the last of which may be missing.
  if (header.samples + bytes > content.size() + 1 ||
      (content[1] == '5' && header.samples + bytes > content.size())) {
    CutShort();
  }
  return claim;
}

}  // namespace

ImageHeaderClaim CheckImageFile(FileKind kind, Bytes content) {
  switch (kind) {
    case FileKind::kPng:
      return CheckPng(content);
    case FileKind::kJpeg:
      return CheckJpeg(content);
    case FileKind::kTiff:
      return CheckTiff(content);
    case FileKind::kPgm:
      return CheckPgm(content);
    case FileKind::kBmp:
      return CheckBmp(content);
    case FileKind::kJpeg2000:
      return CheckJpeg2000(content);
    default:
      throw Error(ErrorCode::kUnsupported, std::string("is not a ") + kImageFormats + " picture");
  }
}

GreyImage DecodePgm(Bytes content) {
  const PgmHeader header = ReadPgmHeader(content);
  const auto [width, height, largest] = header.fields;
  GreyImage image(static_cast<int>(height), static_cast<int>(width));
  std::size_t at = header.samples;
  const int size = largest > 255 ? 2 : 1;
  for (std::uint16_t& sample : image) {
    if (content[1] == '2') {
      sample = static_cast<std::uint16_t>(std::min(NextNumber(content, at), largest));
    } else {
      sample = static_cast<std::uint16_t>(Number(content, at, size));
      at += static_cast<std::size_t>(size);
    }
  }
  return image;
}

}  // namespace mhcnn
