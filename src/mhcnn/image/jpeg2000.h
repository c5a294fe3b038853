#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <optional>
#include <span>
#include <vector>

#include "mhcnn/image/codestream.h"

namespace mhcnn {

/// Facts that the data set states of a JPEG 2000 or HTJ2K picture, and the wanted size.
struct Jpeg2000Request {
  int rows = 0, columns = 0;  ///< size of the whole picture; checked against the size limit before
  int wanted_long_side = 0;   ///< pixels; 0: the whole picture
  int threads = 1;            ///< number of threads; 0: all processors
};

/// A decoded JPEG 2000 or HTJ2K picture, whole or at a lower resolution.
struct Jpeg2000Image {
  /// All channels; two's complement of `precision` bits where signed. Channels that are stored with
  /// fewer pixels than the first (chroma) have fewer here too.
  std::vector<cv::Mat1w> channels;
  int precision = 16;      ///< bits of a sample, as the codestream states
  bool is_signed = false;  ///< whether samples have a sign, as it states
  int reduction = 1;       ///< 1, 2, 4 or 8: rows = ceil(rows / reduction)
};

/// Decodes a JPEG 2000 or HTJ2K (ITU-T T.800, T.814) codestream, bare or in a JP2 file. A smaller
/// picture is the stream's own resolution level (T.800 B.5), a low-pass of the whole one at every
/// `reduction`th pixel: the smallest whose longer side is at least `wanted_long_side`. Throws
/// Error(kCorrupt) where the stream is damaged, cut short or of another size; kUnsupported for more
/// than 16 bits or a feature that OpenJPEG does not decode (mixed HT code-blocks, several HT sets).
Jpeg2000Image DecodeJpeg2000(std::span<const std::uint8_t> stream, const Jpeg2000Request& request);

/// Reads the header of such a codestream, bare or in a JP2 file; nothing where there is none.
std::optional<CodestreamHeader> FindJpeg2000Header(std::span<const std::uint8_t> stream);

/// Encodes samples of `bits` significant bits; `rate` 0 is reversible, else lossy at about rate:1.
std::vector<std::uint8_t> EncodeJpeg2000(const cv::Mat1w& samples, int bits, double rate);

}  // namespace mhcnn
