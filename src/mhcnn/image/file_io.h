#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Largest number of pixels of a picture that is opened: more than any mammogram has (the largest
/// detectors give 24 MP).
inline constexpr std::int64_t kMaxPixels = 120'000'000;

/// Formats of files. kTiff: BigTIFF, too. kJpeg2000: HTJ2K, too; a JP2 or JPH file or codestream.
enum class FileKind { kUnknown, kDicom, kPng, kTiff, kJpeg, kPgm, kBmp, kJpeg2000 };

/// The formats of pictures that are read, for messages.
inline constexpr const char* kImageFormats = "PNG, TIFF, JPEG, JPEG 2000, BMP or PGM";

/// Returns the format of a file from its first bytes and never from its name. A DICOM file without
/// a preamble is recognised by its first element.
FileKind SniffFileKind(std::span<const std::uint8_t> head);
/// Tells the kind of a file by its first bytes. Throws Error(kNotFound) or Error(kIo).
FileKind SniffFileKind(const std::filesystem::path& path);
/// Returns whether the name has the extension of a picture this program reads (.png .tif .tiff .jpg
/// .jpeg .pgm .bmp .jp2 .j2k and others of JPEG 2000, .dcm .dicom).
bool HasImageExtension(const std::filesystem::path& path);

/// Reads a picture (FileKind) of 8 or 16 bits as grey (colour is refused unless its channels
/// are equal, transparent pixels of a PNG with an alpha channel are 0), turned upright if the
/// file states an orientation (TIFF's Orientation, Exif in JPEG and PNG); 8-bit values stay 0..255.
/// Throws kCorrupt (damaged, or cut short and never a picture in part), kUnsupported (colour,
/// several pages, animation), kLimit, kNotFound.
GreyImage ReadGreyImage(const std::filesystem::path& path);
/// A mask as its file contains it.
struct MaskImage {
  Mask mask;                ///< 0 or 255
  bool from_alpha = false;  ///< whether it was in the alpha channel
};
/// Reads a mask picture as ReadGreyImage does: values above 127 (JPEG edges are noisy) become 255,
/// and of two values, 0 and a small one, the small one. Where all that can be seen has one colour,
/// the alpha channel is the mask; else what is transparent is outside.
MaskImage ReadMask(const std::filesystem::path& path);
/// Reads a picture as a mammogram; laterality and view stay unknown (a file name is not evidence).
Mammogram ReadImageFile(const std::filesystem::path& path);

/// Writes PNG, 8-bit (1 or 3 channels) or 16-bit (1 channel), atomically.
void WritePng(const std::filesystem::path& path, const cv::Mat& image);

}  // namespace mhcnn
