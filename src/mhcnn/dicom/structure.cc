#include "mhcnn/dicom/structure.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/file_meta.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/syntax.h"
#include "mhcnn/dicom/uid.h"
#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct Inflated {
  std::vector<std::uint8_t> data;
  bool whole = false;  ///< the stream's end was found
  std::size_t left = 0;
};

Inflated Inflate(Bytes deflated) {
  Inflated result;
  z_stream stream{};
  constexpr int kRawDeflate = -15;  // no zlib header, PS3.5 A.5
  if (inflateInit2(&stream, kRawDeflate) != Z_OK) return result;
  stream.next_in = const_cast<Bytef*>(deflated.data());
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(deflated.size(), UINT32_MAX));
  std::vector<std::uint8_t> block(std::size_t{1} << 20);
  int status = Z_OK;
  while (status == Z_OK && result.data.size() <= kMaxInflatedBytes) {
    stream.next_out = block.data();
    stream.avail_out = static_cast<uInt>(block.size());
    status = inflate(&stream, Z_NO_FLUSH);
    result.data.insert(result.data.end(), block.begin(),
                       block.end() - static_cast<std::ptrdiff_t>(stream.avail_out));
  }
  result.whole = status == Z_STREAM_END;
  result.left = stream.avail_in;
  inflateEnd(&stream);
  if (result.data.size() > kMaxInflatedBytes) {
    throw Error(ErrorCode::kLimit, "inflates to more than " +
                                       std::to_string(kMaxInflatedBytes / 1'000'000) +
                                       " million bytes");
  }
  return result;
}

/// Facts that the header states of the data set's bytes.
struct Declared {
  ElementCoding coding;
  bool deflated = false, compressed = false;
};

Declared DeclaredBy(const std::string& uid, Bytes data) {
  if (uid.empty()) {
    // No meta information: the first tag and what follows it tell.
    const bool big = data.size() > 1 && data[0] == 0 && data[1] != 0;
    const bool has_vr = data.size() > 6 && std::isupper(data[4]) && std::isupper(data[5]);
    return {{has_vr, big}};
  }
  if (IsHtj2k(uid)) return {{}, false, true};
  const DcmXfer syntax(uid.c_str());
  if (syntax.getXfer() == EXS_Unknown) {
    throw Error(ErrorCode::kUnsupported, "uses transfer syntax " + uid + ", which is not read", {},
                "convert it to Explicit VR Little Endian or JPEG 2000");
  }
  return {{static_cast<bool>(syntax.isExplicitVR()), syntax.getByteOrder() == EBO_BigEndian},
          syntax.getStreamCompression() == ESC_zlib,
          static_cast<bool>(syntax.isEncapsulated())};
}

/// A way to read the elements of the data set, and what is found then.
struct ParseAttempt {
  ElementCoding coding;
  bool deflated = false;
  ElementLayout layout;
  /// Returns whether ascending elements lead to the pixel data: no other way does, but by chance.
  bool Fits() const {
    return layout.pixels && layout.ordered && (!coding.explicit_vr || layout.without_vr == 0);
  }
};

std::optional<ParseAttempt> TryParse(Bytes data, bool deflated, const ElementCoding& coding) {
  try {
    ParseAttempt parse{coding, deflated, WalkElements(data, coding)};
    if (parse.Fits()) return parse;
  } catch (const Error&) {
    // Beyond a limit: not how it is to be read.
  }
  return std::nullopt;
}

/// Returns the parse as declared if it reaches the pixel data, else any other parse that reaches
/// it, else the declared one. `inflated` receives the data set if it was compressed (deflate).
ParseAttempt ChooseParse(Bytes data, const Declared& declared, Inflated& inflated) {
  if (declared.deflated) {
    inflated = Inflate(data);
    if (auto parse = TryParse(inflated.data, true, declared.coding)) return *parse;
  } else if (auto parse = TryParse(data, false, declared.coding)) {
    return *parse;
  }
  static constexpr std::array<ElementCoding, 3> kCodings = {
      {{true, false}, {false, false}, {true, true}}};
  for (const ElementCoding& coding : kCodings) {
    if (auto parse = TryParse(data, false, coding)) return *parse;
  }
  if (!declared.deflated) {
    Inflated attempt = Inflate(data);
    if (attempt.whole) {
      if (auto parse = TryParse(attempt.data, true, {true, false})) {
        inflated = std::move(attempt);
        return *parse;
      }
    }
  }
  const Bytes seen = declared.deflated ? Bytes(inflated.data) : data;
  return {declared.coding, declared.deflated, WalkElements(seen, declared.coding)};
}

Bytes SubRange(Bytes data, const ByteRange& range) { return data.subspan(range.at, range.size); }

std::size_t SumSizes(const std::vector<ByteRange>& parts) {
  std::size_t sum = 0;
  for (const ByteRange& part : parts) sum += part.size;
  return sum;
}

/// Items that stand in a value of defined length.
std::vector<ByteRange> ItemsWithin(Bytes data, const ByteRange& value) {
  static constexpr std::array<std::uint8_t, 4> kItem = {0xFE, 0xFF, 0, 0xE0};
  std::vector<ByteRange> items;
  std::size_t at = value.at;
  const std::size_t end = value.at + value.size;
  while (at + 8 <= end && std::equal(kItem.begin(), kItem.end(), data.begin() + at)) {
    std::size_t length = 0;
    for (std::size_t i = 4; i-- > 0;) length = length << 8 | data[at + 4 + i];
    at += 8;
    if (length > end - at) return {};
    items.push_back({at, length});
    at += length;
  }
  return items;
}

/// JPEG, JPEG-LS and JPEG 2000 streams have this marker at their end and nowhere before.
bool EndsWithMarker(Bytes stream) {
  while (!stream.empty() && stream.back() == 0) stream = stream.first(stream.size() - 1);
  return stream.size() > 2 && stream[stream.size() - 2] == 0xFF && stream.back() == 0xD9;
}

/// The samples or the codestream within Pixel Data, by what they are.
struct Picture {
  bool compressed = false;
  bool usual = true;  ///< in items after an offset table, or one value: as its kind should be
  CodestreamKind kind = CodestreamKind::kUnknown;
  std::vector<ByteRange> parts;
};

Picture FindPixelData(Bytes data, const PixelElement& pixels, std::uint64_t wanted) {
  Picture picture;
  const auto is_raw = [&](std::size_t bytes) {
    return wanted > 0 && (bytes == wanted || bytes == wanted + wanted % 2);
  };
  std::vector<ByteRange> items = pixels.parts;
  if (!pixels.in_items) {
    const ByteRange& value = pixels.parts.front();
    picture.kind =
        is_raw(value.size) ? CodestreamKind::kUnknown : DetectCodestreamKind(SubRange(data, value));
    items = is_raw(value.size) ? std::vector<ByteRange>{} : ItemsWithin(data, value);
    picture.usual = picture.kind == CodestreamKind::kUnknown && items.empty();
    picture.compressed = !picture.usual;
    picture.parts = pixels.parts;
    if (items.empty()) return picture;
  }
  picture.compressed = true;
  // The offset table, which may be empty but should not be absent.
  if (items.size() > 1 &&
      DetectCodestreamKind(SubRange(data, items[0])) == CodestreamKind::kUnknown) {
    items.erase(items.begin());
  } else if (!items.empty()) {
    picture.usual = false;
  }
  std::erase_if(items, [](const ByteRange& item) { return item.size == 0; });
  picture.parts = items;
  if (!items.empty()) picture.kind = DetectCodestreamKind(SubRange(data, items.front()));
  if (picture.kind == CodestreamKind::kUnknown && is_raw(SumSizes(items))) {
    picture.compressed = picture.usual = false;
  }
  return picture;
}

/// Refuses a picture of a kind that is not read, by name.
void CheckKind(const Picture& picture, const Declared& declared, const std::string& uid) {
  if (!picture.compressed || FindDecoderSyntax(picture.kind) != EXS_Unknown) return;
  const std::string says = uid.empty() ? "its header names no transfer syntax"
                                       : "its transfer syntax is " + UidName(uid);
  if (picture.kind != CodestreamKind::kUnknown) {
    throw Error(
        ErrorCode::kUnsupported,
        std::string("contains a picture in ") + CodestreamName(picture.kind) + ", though " + says,
        {}, "convert it to Explicit VR Little Endian or JPEG 2000");
  }
  // A damaged codestream of a compressed syntax is its decoder's to refuse.
  if (declared.compressed) return;
  throw Error(ErrorCode::kCorrupt,
              "contains compressed pixel data of a kind that is not known, though " + says, {},
              "get the file again from its source, with the transfer syntax it was stored in");
}

}  // namespace

DicomStructure ReadDicomStructure(Bytes file) {
  const FileMeta meta = ReadFileMeta(file);
  const Bytes outer = file.subspan(meta.end);
  const Declared declared = DeclaredBy(meta.syntax, outer);
  Inflated inflated;
  const ParseAttempt parse = ChooseParse(outer, declared, inflated);
  const ElementLayout& layout = parse.layout;
  const Bytes data = parse.deflated ? Bytes(inflated.data) : outer;

  DicomStructure structure;
  structure.syntax = meta.syntax;
  structure.sop_class = meta.sop_class;
  structure.coding = parse.coding;
  const bool htj2k = IsHtj2k(meta.syntax);
  const auto leave_to_toolkit = [&] {
    if (!layout.whole) CheckItemsBlindly(data.subspan(layout.stopped), parse.coding.big_endian);
    if (htj2k) throw Error(ErrorCode::kCorrupt, "is cut short or damaged");
    return structure;
  };
  if (!layout.pixels || layout.pixels->parts.empty()) return leave_to_toolkit();
  const PixelElement& pixels = *layout.pixels;
  const Picture picture = FindPixelData(data, pixels, layout.claims.Bytes());
  CheckKind(picture, declared, meta.syntax);
  const bool readable = picture.compressed ? picture.kind != CodestreamKind::kUnknown
                                           : SumSizes(picture.parts) >= layout.claims.Bytes() &&
                                                 layout.claims.Bytes() > 0;
  const bool cut = pixels.cut && !(picture.compressed && !picture.parts.empty() &&
                                   EndsWithMarker(SubRange(data, picture.parts.back())));
  const bool inflated_part = parse.deflated && !inflated.whole;
  if (!readable || cut || inflated_part) return leave_to_toolkit();

  const bool conflict =
      parse.coding != declared.coding || parse.deflated != declared.deflated || !picture.usual ||
      (picture.compressed ? !AllowsCodestream(meta.syntax, picture.kind) : declared.compressed);
  // Deflated data may be padded with a zero to an even length.
  const bool trailing = layout.end < data.size() || (parse.deflated && inflated.left > 1);
  const bool usual_vr = !parse.coding.explicit_vr || pixels.vr == std::array{'O', 'W'} ||
                        pixels.vr == std::array{'O', 'B'};
  if (conflict) AddFlag(structure.flags, Flag::kSyntaxConflict);
  if (trailing) AddFlag(structure.flags, Flag::kTrailingBytes);
  if (!pixels.closed) AddFlag(structure.flags, Flag::kEndMissing);
  structure.odd = htj2k || meta.odd || !usual_vr || !structure.flags.empty();
  structure.whole_picture = true;
  const std::size_t base = parse.deflated ? 0 : meta.end;
  structure.header = {base, pixels.tag_at};
  structure.starts = layout.starts;
  structure.compressed = picture.compressed;
  structure.kind = picture.kind;
  structure.pixels = picture.parts;
  for (ByteRange& part : structure.pixels) part.at += base;
  if (parse.deflated) structure.inflated = std::move(inflated.data);
  return structure;
}

}  // namespace mhcnn
