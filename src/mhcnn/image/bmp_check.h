#pragma once

#include <cstdint>
#include <span>

#include "mhcnn/image/file_io_check.h"

namespace mhcnn {

/// Checks a Windows bitmap as CheckImageFile: not compressed, of 1, 4, 8, 24 or 32 bits a pixel.
ImageHeaderClaim CheckBmp(std::span<const std::uint8_t> content);

}  // namespace mhcnn
