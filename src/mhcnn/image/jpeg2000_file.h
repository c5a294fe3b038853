#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>

#include "mhcnn/image/file_io_check.h"

namespace mhcnn {

/// Checks JPEG 2000 or HTJ2K as CheckImageFile: a bare codestream, or a JP2 or JPH file.
ImageHeaderClaim CheckJpeg2000(std::span<const std::uint8_t> content);
/// Decodes it after CheckJpeg2000 to one channel of 8 or 16 bits for each channel of the file.
/// Throws what DecodeJpeg2000 throws.
cv::Mat DecodeJpeg2000File(std::span<const std::uint8_t> content);

}  // namespace mhcnn
