#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mhcnn {

/// Largest number of items of a file, checked before the toolkit parses it: the toolkit recurses
/// into sequences and allocates memory for every item.
inline constexpr int kMaxDicomItems = 200'000;
/// Largest depth of nested sequences.
inline constexpr int kMaxDicomDepth = 64;

/// How elements are written (PS3.5 7.1 and 7.3).
struct ElementCoding {
  bool explicit_vr = true;  ///< whether each element states its VR
  bool big_endian = false;  ///< whether the most significant byte is first
  /// Compares both fields.
  bool operator==(const ElementCoding&) const = default;
};

/// A part of the bytes of a data set.
struct ByteRange {
  std::size_t at = 0, size = 0;  ///< bytes from the beginning of the data set; number of bytes
};

/// Place of Pixel Data (7FE0,0010) in the data set itself.
struct PixelElement {
  std::size_t tag_at = 0;    ///< position of the element's tag
  std::array<char, 2> vr{};  ///< zeros in implicit VR
  bool in_items = false;     ///< whether it has items (PS3.5 A.4), else one value
  bool cut = false;          ///< whether the file ends within a value
  bool closed = true;        ///< whether the sequence delimiter, or the value's end, is there
  /// The items, the first of which is the offset table; or the one value.
  std::vector<ByteRange> parts;
};

/// Image Pixel attributes (PS3.3 C.7.6.3) that tell how many bytes a picture has.
struct PixelAttributes {
  /// Rows, Columns, Samples per Pixel, Bits Allocated and Number of Frames.
  std::uint64_t rows = 0, columns = 0, samples = 1, allocated = 0, frames = 1;
  /// Returns the bytes of all samples, not compressed; 0 where they are absent or make no sense.
  std::uint64_t Bytes() const {
    if (samples > 4 || allocated > 64 || frames > 1'000'000) return 0;
    return rows * columns * samples * ((allocated + 7) / 8) * frames;
  }
};

/// Result of a walk over the elements of a data set.
struct ElementLayout {
  bool whole = false;       ///< whether each element was understood, to the end
  bool ordered = true;      ///< whether tags of the data set itself ascend (PS3.5 7.1)
  int without_vr = 0;       ///< number of its own elements without a VR, in explicit VR
  std::size_t stopped = 0;  ///< position at which the walk ended
  std::size_t end = 0;      ///< end of the last whole element of the data set itself
  /// Image Pixel attributes of the data set itself.
  PixelAttributes claims;
  /// Pixel Data of the data set itself, if it was reached.
  std::optional<PixelElement> pixels;
  /// Positions of elements of the data set itself, before Pixel Data; at most kMaxElementStarts.
  std::vector<std::size_t> starts;
};
/// Largest number of elements in ElementLayout::starts.
inline constexpr std::size_t kMaxElementStarts = 20'000;

/// Walks over the elements without recursion and almost without memory. After Pixel Data only
/// elements with ascending tags are accepted as elements. Throws Error(kLimit) beyond the limits
/// above.
ElementLayout WalkElements(std::span<const std::uint8_t> data, const ElementCoding& coding);

/// Throws what WalkElements and CheckItemsBlindly throw for a data set.
void CheckElements(std::span<const std::uint8_t> data, bool explicit_vr, bool big_endian);

/// Throws Error(kCorrupt) where bytes that cannot be parsed contain more items than a parser that
/// reads them in another way could recurse into.
void CheckItemsBlindly(std::span<const std::uint8_t> rest, bool big_endian);

}  // namespace mhcnn
