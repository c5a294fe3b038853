#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>

namespace mhcnn {

/// Reads the field Orientation (274) of an Exif block, which is a small TIFF file (JPEG's APP1
/// after "Exif", PNG's chunk eXIf): 1 to 8 as TIFF 6.0 numbers them. 1 (as stored) where the block
/// does not state it or cannot be read.
int ReadExifOrientation(std::span<const std::uint8_t> block);

/// Returns a picture of any type as it is to be seen, from its stored pixels. A copy only where
/// something changes. 5 to 8 exchange width and height.
cv::Mat ApplyExifOrientation(const cv::Mat& stored, int orientation);

}  // namespace mhcnn
