#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace mhcnn {

/// Header of a compressed picture, read before its codec allocates memory for the picture.
struct CodestreamHeader {
  std::int64_t rows = 0, columns = 0;  ///< pixels
  int components = 0;                  ///< channels
  int precision = 0;                   ///< bits of a sample
  bool is_signed = false;              ///< whether samples have a sign; only in JPEG 2000
  std::int64_t tiles = 1;              ///< number of tiles; above 1 only in JPEG 2000
};

/// Reads the frame header (SOF) of JPEG or JPEG-LS (ITU-T T.81 B.2.2, T.87 C.2.2). Returns nothing
/// if it is missing.
std::optional<CodestreamHeader> ReadJpegHeader(std::span<const std::uint8_t> bytes);
/// Reads the image and tile size marker (SIZ) of a JPEG 2000 codestream (ITU-T T.800 A.5.1).
std::optional<CodestreamHeader> ReadJpeg2000Header(std::span<const std::uint8_t> bytes);
/// Returns whether a JPEG or JPEG-LS stream ends with its end marker (padding allowed).
bool HasJpegEnd(std::span<const std::uint8_t> bytes);

}  // namespace mhcnn
