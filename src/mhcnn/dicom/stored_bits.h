#pragma once

#include <opencv2/core.hpp>
#include <optional>

#include "mhcnn/dicom/decode.h"

namespace mhcnn {

/// Image Pixel module (PS3.3 C.7.6.3) as far as unpacking needs it.
struct PixelHeader {
  /// Rows, Columns and Samples per Pixel.
  int rows = 0, columns = 0, samples = 1;
  /// Bits Allocated, Bits Stored and High Bit.
  int allocated = 16, stored = 16, high_bit = 15;
  /// The file's High Bit cannot be: `high_bit` is the one that follows from Bits Stored.
  bool high_bit_impossible = false;
  /// Pixel Representation 1; Planar Configuration 1.
  bool is_signed = false, planar = false;
  std::optional<int> padding, padding_limit;  ///< stored values, by the header's sign
};

/// Samples as they stand in the file or come from the codec.
struct SampleWords {
  cv::Mat1w words;             ///< one word for each sample
  int width = 16;              ///< bits of a word: Bits Allocated, or the codestream's precision
  bool is_codestream = false;  ///< `width` is what the codestream states of itself
  std::optional<bool> is_signed{};  ///< the codestream's own word for it; none: it has none
};

/// Decides which bits of a word are the value. The header's Bits Stored, High Bit and Pixel
/// Representation hold where all words agree with them. Where bits are set beyond Bits Stored, or
/// the codestream's precision and sign are others, each reading that can be meant is tried, and the
/// one whose neighbouring pixels differ least is taken, the header's where two are equal: a value
/// that is cut, wrapped or signed wrongly jumps by a power of two, and so does one that takes the
/// bits of an overlay in. A reading that gives other values than the header's sets
/// StoredPixels::bits_conflict. A codestream of fewer bits than stored has its sign at its own
/// highest bit. Words equal to a Pixel Padding Value that Bits Stored cannot hold are
/// StoredPixels::padded and have no say.
StoredPixels ResolveBits(const SampleWords& samples, const PixelHeader& header);

/// May the codestream mean other values than the header? Then its smaller levels, which mix
/// neighbouring samples before it is known what they are, are of no use.
bool BitsMayConflict(int precision, bool is_signed, const PixelHeader& header);

}  // namespace mhcnn
