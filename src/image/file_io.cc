#include "image/file_io.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "base/file.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

bool StartsWith(std::span<const std::uint8_t> head, std::initializer_list<int> bytes) {
  if (head.size() < bytes.size()) return false;
  return std::equal(bytes.begin(), bytes.end(), head.begin());
}

std::uint32_t BigEndian(std::span<const std::uint8_t> bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

/// Refuses a picture by the size its header claims, before the codec takes memory for it. PNG and
/// PGM headers are read here; JPEG cannot exceed 65535 squared and, like TIFF, is held by OpenCV's
/// own limit.
void CheckClaimedSize(FileKind kind, std::span<const std::uint8_t> content, const fs::path& path) {
  std::uint64_t width = 0, height = 0;
  if (kind == FileKind::kPng && content.size() >= 24) {
    width = BigEndian(content, 16);
    height = BigEndian(content, 20);
  } else if (kind == FileKind::kJpeg) {
    for (std::size_t i = 2; i + 9 < content.size() && content[i] == 0xFF;) {
      const int marker = content[i + 1];
      const bool frame =
          marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (frame) {
        height = std::uint64_t{content[i + 5]} << 8 | content[i + 6];
        width = std::uint64_t{content[i + 7]} << 8 | content[i + 8];
        break;
      }
      i += 2 + (std::size_t{content[i + 2]} << 8 | content[i + 3]);
    }
  }
  if (width * height > static_cast<std::uint64_t>(kMaxPixels)) {
    throw Error(ErrorCode::kLimit,
                "claims " + std::to_string(width) + " x " + std::to_string(height) +
                    " pixels, more than the limit of " + std::to_string(kMaxPixels / 1'000'000) +
                    " million",
                path.string());
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
  if (StartsWith(head, {0xFF, 0xD8, 0xFF})) return FileKind::kJpeg;
  if (head.size() > 2 && head[0] == 'P' && (head[1] == '2' || head[1] == '5') &&
      std::isspace(head[2])) {
    return FileKind::kPgm;
  }
  // No preamble: a data set begins with group 0002 or 0008 and a small, plausible first element.
  if (StartsWith(head, {0x02, 0x00, 0x00, 0x00, 'U', 'L'})) return FileKind::kDicom;
  if (head.size() >= 8 && head[0] == 0x08 && head[1] == 0 && head[3] == 0 &&
      (head[2] == 0x00 || head[2] == 0x05 || head[2] == 0x08 || head[2] == 0x16)) {
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

bool NameClaimsImage(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static constexpr std::array kExtensions = {".png",  ".tif", ".tiff", ".jpg",
                                             ".jpeg", ".pgm", ".dcm",  ".dicom"};
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

GreyImage ReadGreyImage(const fs::path& path) {
  const auto content = ReadFile(path, std::uint64_t{1} << 30);
  const FileKind kind = SniffFileKind(content);
  if (kind == FileKind::kUnknown || kind == FileKind::kDicom) {
    throw Error(ErrorCode::kUnsupported, "is not a PNG, TIFF, JPEG or PGM picture", path.string());
  }
  CheckClaimedSize(kind, content, path);
  cv::Mat decoded;
  try {
    decoded = cv::imdecode(content, cv::IMREAD_ANYDEPTH | cv::IMREAD_ANYCOLOR);
  } catch (const cv::Exception&) {
    decoded.release();
  }
  if (decoded.empty()) {
    throw Error(ErrorCode::kCorrupt, "cannot be decoded", path.string(),
                "it is cut short, damaged, or too large");
  }
  if (static_cast<std::int64_t>(decoded.total()) > kMaxPixels) {
    throw Error(ErrorCode::kLimit, "has too many pixels", path.string());
  }
  if (decoded.channels() != 1) {
    std::vector<cv::Mat> channels;
    cv::split(decoded, channels);
    // JPEG of a grey picture saved as colour differs by rounding only.
    for (int c = 1; c < std::min<int>(3, decoded.channels()); ++c) {
      if (cv::norm(channels[0], channels[c], cv::NORM_INF) > 8) {
        throw Error(ErrorCode::kUnsupported, "is a colour picture", path.string(),
                    "give the mammogram itself, in grey");
      }
    }
    decoded = channels[0];
  }
  if (decoded.depth() != CV_8U && decoded.depth() != CV_16U) {
    throw Error(ErrorCode::kUnsupported, "has neither 8 nor 16 bits a pixel", path.string());
  }
  GreyImage image;
  decoded.convertTo(image, CV_16U);
  return image;
}

Mask ReadMask(const fs::path& path) {
  Mask mask;
  cv::Mat(ReadGreyImage(path) > 127).copyTo(mask);
  return mask;
}

Mammogram ReadPictureFile(const fs::path& path) {
  Mammogram mammogram;
  mammogram.pixels = ReadGreyImage(path);
  double largest = 0;
  cv::minMaxLoc(mammogram.pixels, nullptr, &largest);
  mammogram.facts.path = path.string();
  mammogram.facts.bits = largest > 255 ? 16 : 8;
  return mammogram;
}

std::vector<std::uint8_t> EncodePng(const cv::Mat& image) {
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".png", image, bytes, {cv::IMWRITE_PNG_COMPRESSION, 4})) {
    throw Error(ErrorCode::kInternal, "a picture could not be encoded as PNG");
  }
  return bytes;
}

void WritePng(const fs::path& path, const cv::Mat& image) {
  WriteFileAtomically(path, EncodePng(image));
}

}  // namespace mhcnn
