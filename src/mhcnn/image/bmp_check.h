#pragma once

#include <cstdint>
#include <span>

#include "mhcnn/image/file_io_check.h"

namespace mhcnn {

/// CheckPicture for a Windows bitmap: not compressed, of 1, 4, 8, 24 or 32 bits a pixel.
PictureClaim CheckBmp(std::span<const std::uint8_t> content);

}  // namespace mhcnn
