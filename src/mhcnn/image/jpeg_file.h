#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>

namespace mhcnn {

/// Decodes a JPEG file of 8 bits (ITU-T T.81; JFIF): CV_8UC1, or CV_8UC3 as RGB.
///
/// libjpeg draws the missing part of a damaged file as grey and warns: here a warning is an error.
/// Throws Error without a subject: kCorrupt, kUnsupported (four channels, unsupported processes).
cv::Mat DecodeJpegFile(std::span<const std::uint8_t> content);

}  // namespace mhcnn
