#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>

#include "mhcnn/image/file_io_check.h"

namespace mhcnn {

/// CheckPicture for JPEG 2000 or HTJ2K, a bare codestream or in a JP2 or JPH file.
PictureClaim CheckJpeg2000(std::span<const std::uint8_t> content);
/// Decodes it after CheckJpeg2000; a channel of 8 or 16 bits for each of the file's. Throws what
/// DecodeJpeg2000 throws.
cv::Mat DecodeJpeg2000File(std::span<const std::uint8_t> content);

}  // namespace mhcnn
