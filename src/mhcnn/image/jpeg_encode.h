#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

namespace mhcnn {

/// Options for writing a JPEG file.
struct JpegOptions {
  int quality = 85;          ///< quality of libjpeg, 1 to 100
  bool full_colour = false;  ///< whether each pixel has a colour (4:4:4), for thin lines
  /// Text in the file by which it is recognised later (ReadJpegComment); empty: none.
  std::string comment = {};

  /// Throws Error(kUsage) that names the field which is wrong.
  void Check() const;
};

/// Encodes an image of 8 bits, grey or BGR, as a JPEG file. Throws Error(kInternal).
std::vector<std::uint8_t> EncodeJpegFile(const cv::Mat& image, const JpegOptions& options);

/// Returns the comment of a JPEG file that EncodeJpegFile wrote, from its first bytes; else "".
std::string ReadJpegComment(std::span<const std::uint8_t> head);

/// Comment of overlays that mhcnn writes as JPEG files.
inline constexpr const char* kOverlayComment = "mhcnn overlay";

}  // namespace mhcnn
