#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Pixels beyond which no picture is opened: larger than any mammogram (the largest detectors give
/// 24 MP).
inline constexpr std::int64_t kMaxPixels = 120'000'000;

/// kTiff: BigTIFF, too. kJpeg2000: HTJ2K, too, as a JP2 or JPH file or a bare codestream.
enum class FileKind { kUnknown, kDicom, kPng, kTiff, kJpeg, kPgm, kBmp, kJpeg2000 };

/// The formats of pictures that are read, for messages.
inline constexpr const char* kPictureFormats = "PNG, TIFF, JPEG, JPEG 2000, BMP or PGM";

/// What the content is, by its first bytes and never by the name. A DICOM file without a preamble
/// is recognised by its first element.
FileKind SniffFileKind(std::span<const std::uint8_t> head);
/// Tells the kind of a file by its first bytes. Throws Error(kNotFound) or Error(kIo).
FileKind SniffFileKind(const std::filesystem::path& path);
/// Does the name claim to be a picture this program reads (.png .tif .tiff .jpg .jpeg .pgm .bmp
/// .jp2 .j2k and others of JPEG 2000, .dcm .dicom)?
bool NameClaimsImage(const std::filesystem::path& path);

/// Reads a picture (FileKind) of 8 or 16 bits as grey (colour is refused unless its channels
/// are equal, transparent pixels of a PNG with an alpha channel are 0), turned upright if the
/// file states an orientation (TIFF's Orientation, Exif in JPEG and PNG); 8-bit values stay 0..255.
/// Throws kCorrupt (damaged, or cut short and never a picture in part), kUnsupported (colour,
/// several pages, animation), kLimit, kNotFound.
GreyImage ReadGreyImage(const std::filesystem::path& path);
/// A mask as its file has it.
struct MaskPicture {
  Mask mask;                ///< 0 or 255
  bool from_alpha = false;  ///< it stood in the alpha channel
};
/// Reads a mask picture as ReadGreyImage does: values above 127 (JPEG edges are noisy) become 255,
/// and of two values, 0 and a small one, the small one. Where all that can be seen has one colour,
/// the alpha channel is the mask; else what is transparent is outside.
MaskPicture ReadMask(const std::filesystem::path& path);
/// The same as a mammogram; laterality and view stay unknown (a file name is not evidence).
Mammogram ReadPictureFile(const std::filesystem::path& path);

/// Writes PNG, 8-bit (1 or 3 channels) or 16-bit (1 channel), atomically.
void WritePng(const std::filesystem::path& path, const cv::Mat& image);

}  // namespace mhcnn
