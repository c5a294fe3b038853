#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace mhcnn {

/// What a compressed picture's own header says, read before its codec takes memory for it.
struct CodestreamHeader {
  std::int64_t rows = 0, columns = 0;  ///< pixels
  int components = 0;                  ///< channels
  int precision = 0;                   ///< bits of a sample
  bool is_signed = false;              ///< JPEG 2000 alone can say so
  std::int64_t tiles = 1;              ///< JPEG 2000 alone has more than one
};

/// Frame header (SOF) of JPEG or JPEG-LS (ITU-T T.81 B.2.2, T.87 C.2.2); nothing where there is
/// none.
std::optional<CodestreamHeader> ReadJpegHeader(std::span<const std::uint8_t> bytes);
/// Image and tile size marker (SIZ) of a JPEG 2000 codestream (ITU-T T.800 A.5.1).
std::optional<CodestreamHeader> ReadJpeg2000Header(std::span<const std::uint8_t> bytes);
/// Does a JPEG or JPEG-LS stream end with its end marker (padding allowed)?
bool HasJpegEnd(std::span<const std::uint8_t> bytes);

}  // namespace mhcnn
