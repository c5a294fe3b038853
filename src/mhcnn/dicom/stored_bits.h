#pragma once

#include <opencv2/core.hpp>
#include <optional>

#include "mhcnn/dicom/decode.h"

namespace mhcnn {

/// Attributes of the Image Pixel module (PS3.3 C.7.6.3) that unpacking needs.
struct PixelHeader {
  /// Rows, Columns and Samples per Pixel.
  int rows = 0, columns = 0, samples = 1;
  /// Bits Allocated, Bits Stored and High Bit.
  int allocated = 16, stored = 16, high_bit = 15;
  /// Whether the file's High Bit is impossible: `high_bit` is then the one that Bits Stored gives.
  bool high_bit_impossible = false;
  /// Whether Pixel Representation is 1; whether Planar Configuration is 1.
  bool is_signed = false, planar = false;
  std::optional<int> padding, padding_limit;  ///< stored values, by the header's sign
};

/// Samples as the file contains them or the codec returns them.
struct SampleWords {
  cv::Mat1w words;             ///< one word for each sample
  int width = 16;              ///< bits of a word: Bits Allocated, or the codestream's precision
  bool is_codestream = false;  ///< whether the codestream itself states `width`
  std::optional<bool> is_signed{};  ///< whether the codestream states a sign; nothing: it does not
};

/// Decides which bits of a word are the value. The header's Bits Stored, High Bit and Pixel
/// Representation are used where all words agree with them. Where bits are set beyond Bits Stored,
/// or the codestream's precision and sign differ, each possible reading is tried, and the one whose
/// neighbouring pixels differ least is used, the header's where two are equal: a value that is cut,
/// wrapped or signed wrongly jumps by a power of two, and so does a value that includes the bits of
/// an overlay. A reading that gives other values than the header's sets
/// StoredPixels::bits_conflict. A codestream of fewer bits than stored has its sign at its own
/// highest bit. Words equal to a Pixel Padding Value that Bits Stored cannot contain are
/// StoredPixels::padded and are not considered.
StoredPixels ResolveBits(const SampleWords& samples, const PixelHeader& header);

/// Returns whether the codestream may mean other values than the header. Then its smaller levels,
/// which mix neighbouring samples before their values are known, cannot be used.
bool BitsMayConflict(int precision, bool is_signed, const PixelHeader& header);

}  // namespace mhcnn
