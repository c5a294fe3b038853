#include "mhcnn/image/file_io.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <mutex>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>  // names of its flags alone
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/image/exif.h"
#include "mhcnn/image/file_io_check.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/image/jpeg2000_file.h"
#include "mhcnn/image/jpeg_file.h"
#include "mhcnn/image/opencv_codecs.h"
#include "mhcnn/image/png_file.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

bool StartsWith(std::span<const std::uint8_t> head, std::initializer_list<int> bytes) {
  if (head.size() < bytes.size()) return false;
  return std::equal(bytes.begin(), bytes.end(), head.begin());
}

/// Returns whether a BMP begins: two letters are not enough, so a known size of the header follows.
bool IsBmp(std::span<const std::uint8_t> head) {
  static constexpr std::array<int, 7> kHeaders = {12, 40, 52, 56, 64, 108, 124};
  return StartsWith(head, {'B', 'M'}) && head.size() >= 18 && head[15] == 0 && head[16] == 0 &&
         head[17] == 0 && std::find(kHeaders.begin(), kHeaders.end(), head[14]) != kHeaders.end();
}

/// A picture and what its file says of it.
struct Decoded {
  GreyImage image;
  int bits = 8;
  int orientation = 1;      ///< orientation by which it was turned upright
  bool from_alpha = false;  ///< whether a mask was in the alpha channel
};

/// One channel of a colour picture whose channels are equal.
cv::Mat ToGreyImage(const cv::Mat& colour) {
  std::vector<cv::Mat> channels;
  cv::split(colour, channels);
  // JPEG of a grey picture saved as colour differs by rounding only; 16-bit formats do not round.
  const double rounding = colour.depth() == CV_8U ? 8 : 0;
  if (colour.channels() == 2) return channels[0];  // grey and alpha
  for (int c = 1; c < std::min<int>(3, colour.channels()); ++c) {
    if (cv::norm(channels[0], channels[c], cv::NORM_INF) > rounding) {
      throw Error(ErrorCode::kUnsupported, "is a colour picture", {},
                  "give the mammogram itself, in grey");
    }
  }
  return channels[0];
}

/// Brings a picture's samples to 0..255, as masks are cut there.
cv::Mat1b ToBytes(const cv::Mat& channel) {
  cv::Mat1b bytes;
  channel.convertTo(bytes, CV_8U, channel.depth() == CV_16U ? 1 / 257.0 : 1);
  return bytes;
}

/// Returns whether the pixels of `seen` have one colour.
bool IsOneColour(const cv::Mat& pixels, const cv::Mat1b& seen) {
  std::vector<cv::Mat> channels;
  cv::split(pixels, channels);
  return std::all_of(channels.begin(), channels.begin() + 3, [&](const cv::Mat& channel) {
    double low = 0, high = 0;
    cv::minMaxLoc(channel, &low, &high, nullptr, nullptr, seen);
    return low == high;
  });
}

/// Shows a picture whose alpha channel is not constant over black. Where all that can be seen of a
/// mask has one colour, the alpha channel alone is the mask.
cv::Mat ExtractAlphaMask(cv::Mat pixels, bool mask, Decoded& decoded) {
  cv::Mat channel;
  cv::extractChannel(pixels, channel, 3);
  cv::Mat1b alpha = ToBytes(channel);
  const cv::Mat1b seen = alpha > 127;
  const int visible = cv::countNonZero(seen);
  if (visible == 0 || static_cast<std::size_t>(visible) == seen.total()) return ToGreyImage(pixels);
  decoded.from_alpha = mask && IsOneColour(pixels, seen);
  if (decoded.from_alpha) return alpha;
  pixels.setTo(cv::Scalar::all(0), seen == 0);  // no one sees which colours lie there
  return ToGreyImage(pixels);
}

Decoded Decode(FileKind kind, std::span<const std::uint8_t> content, bool mask) {
  Decoded decoded;
  const ImageHeaderClaim claim = CheckImageFile(kind, content);
  decoded.bits = claim.bits > 8 ? 16 : 8;
  decoded.orientation = claim.orientation;
  if (kind == FileKind::kPgm) {
    decoded.image = DecodePgm(content);
    return decoded;
  }
  // What the codecs have to say of a damaged file is said by the error.
  static std::once_flag silenced;
  std::call_once(silenced,
                 [] { cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT); });
  cv::Mat pixels;
  try {
    if (kind == FileKind::kJpeg) pixels = DecodeJpegFile(content);
    if (kind == FileKind::kJpeg2000) pixels = DecodeJpeg2000File(content);
    const cv::Mat bytes(1, static_cast<int>(content.size()), CV_8U,
                        const_cast<std::uint8_t*>(content.data()));
    // What the file says of its orientation is followed here, alike for all formats.
    constexpr int kGrey = cv::IMREAD_ANYDEPTH | cv::IMREAD_ANYCOLOR | cv::IMREAD_IGNORE_ORIENTATION;
    const bool may_have_alpha = mask || kind == FileKind::kPng;
    if (pixels.empty())
      pixels = DecodeByOpenCv(bytes, may_have_alpha ? cv::IMREAD_UNCHANGED : kGrey);
  } catch (const cv::Exception&) {
    pixels.release();
  }
  if (pixels.empty()) {
    throw Error(ErrorCode::kCorrupt, "cannot be decoded", {},
                "it is damaged or of a kind that is not read");
  }
  cv::Mat grey = pixels;
  if (pixels.channels() == 4) {
    grey = ExtractAlphaMask(pixels, mask, decoded);
  } else if (pixels.channels() > 1) {
    grey = ToGreyImage(pixels);
  }
  // OpenCV turns TIFFs itself.
  pixels = kind == FileKind::kTiff ? grey : ApplyExifOrientation(grey, claim.orientation);
  if (pixels.depth() != CV_8U && pixels.depth() != CV_16U) {
    throw Error(ErrorCode::kUnsupported, "has neither 8 nor 16 bits a pixel");
  }
  pixels.convertTo(decoded.image, CV_16U);
  // OpenCV turns WhiteIsZero at 8 bits and forgets it at 16.
  if (claim.zero_is_white && claim.bits == 16) cv::bitwise_not(decoded.image, decoded.image);
  return decoded;
}

Decoded DecodeFile(const fs::path& path, bool mask = false) {
  const auto content = ReadFile(path, std::uint64_t{1} << 30);
  try {
    return Decode(SniffFileKind(content), content, mask);
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

}  // namespace

FileKind SniffFileKind(std::span<const std::uint8_t> head) {
  if (head.size() >= 132 && head[128] == 'D' && head[129] == 'I' && head[130] == 'C' &&
      head[131] == 'M') {
    return FileKind::kDicom;
  }
  if (StartsWith(head, {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A})) return FileKind::kPng;
  if (StartsWith(head, {'I', 'I', 42, 0}) || StartsWith(head, {'M', 'M', 0, 42})) {
    return FileKind::kTiff;
  }
  // BigTIFF: offsets of eight bytes.
  if (StartsWith(head, {'I', 'I', 43, 0, 8, 0, 0, 0}) ||
      StartsWith(head, {'M', 'M', 0, 43, 0, 8, 0, 0})) {
    return FileKind::kTiff;
  }
  if (StartsWith(head, {0xFF, 0xD8, 0xFF})) return FileKind::kJpeg;
  if (StartsWith(head, {0xFF, 0x4F, 0xFF, 0x51}) ||
      StartsWith(head, {0, 0, 0, 12, 'j', 'P', ' ', ' '})) {
    return FileKind::kJpeg2000;
  }
  if (IsBmp(head)) return FileKind::kBmp;
  if (head.size() > 2 && head[0] == 'P' && (head[1] == '2' || head[1] == '5') &&
      std::isspace(head[2])) {
    return FileKind::kPgm;
  }
  // No preamble: a data set begins with group 0002 or 0008, of either byte order, and a small,
  // plausible first element.
  if (StartsWith(head, {0x02, 0x00, 0x00, 0x00, 'U', 'L'})) return FileKind::kDicom;
  if (head.size() >= 8 && head[0] == 0x08 && head[1] == 0 && head[3] == 0 &&
      (head[2] == 0x00 || head[2] == 0x05 || head[2] == 0x08 || head[2] == 0x16)) {
    return FileKind::kDicom;
  }
  if (head.size() >= 8 && head[0] == 0 && head[1] == 0x08 && head[2] == 0 &&
      (head[3] == 0x00 || head[3] == 0x05 || head[3] == 0x08 || head[3] == 0x16)) {
    return FileKind::kDicom;
  }
  return FileKind::kUnknown;
}

FileKind SniffFileKind(const fs::path& path) {
  std::array<std::uint8_t, 132> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(head.data()), head.size());
  return SniffFileKind(std::span(head).first(static_cast<std::size_t>(file.gcount())));
}

bool HasImageExtension(const fs::path& path) {
  const std::string extension = ToLower(path.extension().string());
  static constexpr std::array kExtensions = {
      ".png", ".tif", ".tiff", ".btf", ".tf8", ".jpg", ".jpeg", ".pgm", ".bmp",  ".dib",
      ".jp2", ".j2k", ".j2c",  ".jpc", ".jpx", ".jph", ".jhc",  ".dcm", ".dicom"};
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

GreyImage ReadGreyImage(const fs::path& path) { return DecodeFile(path).image; }

MaskImage ReadMask(const fs::path& path) {
  const Decoded decoded = DecodeFile(path, true);
  double highest = 0;
  cv::minMaxLoc(decoded.image, nullptr, &highest);
  // 0 and 1, or 0 and another small number: the higher one is inside.
  const bool small = highest > 0 && highest <= 127 &&
                     cv::countNonZero(decoded.image) == cv::countNonZero(decoded.image == highest);
  MaskImage picture{.mask = {}, .from_alpha = decoded.from_alpha};
  cv::Mat(decoded.image > (small ? highest - 1 : 127)).copyTo(picture.mask);
  return picture;
}

Mammogram ReadImageFile(const fs::path& path) {
  Decoded decoded = DecodeFile(path);
  Mammogram mammogram;
  mammogram.pixels = std::move(decoded.image);
  mammogram.metadata.path = path.string();
  mammogram.metadata.bits = decoded.bits;
  mammogram.metadata.stored_orientation = decoded.orientation;
  if (decoded.orientation != 1) AddFlag(mammogram.metadata.flags, Flag::kExifTurned);
  mammogram.metadata.rows = mammogram.pixels.rows;
  mammogram.metadata.columns = mammogram.pixels.cols;
  return mammogram;
}

void WritePng(const fs::path& path, const cv::Mat& image) {
  WriteFileAtomically(path, EncodePngFile(image));
}

}  // namespace mhcnn
