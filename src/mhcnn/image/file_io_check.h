#pragma once

#include <cstdint>
#include <span>

#include "mhcnn/image/file_io.h"

namespace mhcnn {

/// What a picture's own headers claim.
struct PictureClaim {
  std::int64_t width = 0, height = 0;  ///< pixels
  int bits = 8;                        ///< bits of a sample
  bool zero_is_white = false;          ///< TIFF's PhotometricInterpretation WhiteIsZero
  int orientation = 1;                 ///< TIFF's field Orientation, Exif's in JPEG and PNG; 1 to 8
};

/// Throws Error: kCorrupt for a claim of no pixels, kLimit for more than kMaxPixels.
void CheckClaimedSize(const PictureClaim& claim);

/// Walks over a picture (FileKind) without decoding it and before memory is taken for it. The
/// codecs draw what is missing of a damaged file as grey and say so on standard error alone, so
/// what can be seen from outside is refused here.
///
/// Throws Error without a subject: kCorrupt (cut short: no end marker, chunks or strips beyond the
/// file; PNG checksums), kLimit (more than kMaxPixels), kUnsupported (animation, several pages, a
/// sample format that the codecs do not keep).
PictureClaim CheckPicture(FileKind kind, std::span<const std::uint8_t> content);

/// Decodes a PGM, "P5" or "P2", after CheckPicture.
GreyImage DecodePgm(std::span<const std::uint8_t> content);

}  // namespace mhcnn
