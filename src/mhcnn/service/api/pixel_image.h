#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <optional>
#include <string>

namespace mhcnn {

/// Request of a page for pixels of an image.
struct PixelRequest {
  cv::Rect2d cut{0, 0, 1, 1};  ///< part of the image, as fractions of its width and height
  bool inverted = false;       ///< whether the image was measured as a negative
  int longest = 0;             ///< largest longer side in pixels; 0: all pixels
};

/// Pixels for display in 16 bits.
struct PixelImage {
  cv::Mat1w pixels;                  ///< higher is brighter
  int bits = 16;                     ///< 2^bits - 1 is white
  double scale = 1;                  ///< pixels of the file per pixel
  std::optional<double> spacing_mm;  ///< millimetres per pixel at the breast, across
  /// Grey scale window of the JPEG picture of the page: all but the darkest 0.1 % and the brightest
  /// 0.2 % of the pixels.
  double window_center = 0, window_width = 1;
};

/// Reads an image file through the display pipeline (dicom/reader.h) at the smallest resolution
/// that is enough, cuts it and reduces it by averages of areas. Throws what reading a mammogram
/// throws.
PixelImage ReadPixelImage(const std::filesystem::path& path, const PixelRequest& request);

/// Returns the pixels row by row, each with its lower byte first.
std::string LittleEndianBytes(const cv::Mat1w& pixels);

}  // namespace mhcnn
