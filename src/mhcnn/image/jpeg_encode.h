#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

namespace mhcnn {

/// How a JPEG file is written.
struct JpegOptions {
  int quality = 85;          ///< libjpeg's, 1 to 100
  bool full_colour = false;  ///< keep a colour for each pixel (4:4:4), as thin lines need
  /// Text of the file, by which it is known again (JpegComment); empty: none.
  std::string comment = {};

  /// Throws Error(kUsage) that names the field which is wrong.
  void Check() const;
};

/// Encodes an image of 8 bits, grey or BGR, as a JPEG file. Throws Error(kInternal).
std::vector<std::uint8_t> EncodeJpegFile(const cv::Mat& image, const JpegOptions& options);

/// The comment of a JPEG file that EncodeJpegFile wrote, from its first bytes; else "".
std::string JpegComment(std::span<const std::uint8_t> head);

/// Comment of overlays that mhcnn writes as JPEG files.
inline constexpr const char* kOverlayComment = "mhcnn overlay";

}  // namespace mhcnn
