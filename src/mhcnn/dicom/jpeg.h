#pragma once

#include <cstdint>
#include <vector>

namespace mhcnn {

/// Samples of a JPEG picture, channels interleaved.
struct JpegSamples {
  int bytes_per_sample = 1;        ///< 1 or 2, in the machine's byte order
  std::vector<std::uint8_t> data;  ///< rows x columns x channels
};

/// Decodes a JPEG codestream of any process (ITU-T T.81: baseline, extended, progressive, lossless)
/// and precision whose header has been checked; `stream` is not changed. JPEG has no checksum, and
/// its decoders continue after an error with a warning: here a warning is an Error(kCorrupt).
/// Damage that leaves a valid stream cannot be detected. Channels are returned as they are stored:
/// their colour space is not changed.
JpegSamples DecodeJpeg(std::vector<std::uint8_t>& stream);

}  // namespace mhcnn
