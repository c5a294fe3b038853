#pragma once

#include <cstdint>
#include <span>

#include "mhcnn/image/file_io.h"

namespace mhcnn {

/// Properties of a picture that its own headers state.
struct ImageHeaderClaim {
  std::int64_t width = 0, height = 0;  ///< pixels
  int bits = 8;                        ///< bits of a sample
  bool zero_is_white = false;          ///< whether TIFF's PhotometricInterpretation is WhiteIsZero
  int orientation = 1;                 ///< TIFF's field Orientation, Exif's in JPEG and PNG; 1 to 8
};

/// Throws Error: kCorrupt for a claim of no pixels, kLimit for more than kMaxPixels.
void CheckClaimedSize(const ImageHeaderClaim& claim);

/// Checks a picture (FileKind) without decoding it and before memory is allocated for it. The
/// codecs draw the missing part of a damaged file as grey and report it on standard error alone, so
/// errors that the structure of the file shows are refused here.
///
/// Throws Error without a subject: kCorrupt (cut short: no end marker, chunks or strips beyond the
/// file; PNG checksums), kLimit (more than kMaxPixels), kUnsupported (animation, several pages, a
/// sample format that the codecs do not keep).
ImageHeaderClaim CheckImageFile(FileKind kind, std::span<const std::uint8_t> content);

/// Decodes a PGM, "P5" or "P2", after CheckImageFile.
GreyImage DecodePgm(std::span<const std::uint8_t> content);

}  // namespace mhcnn
