#include "mhcnn/service/api/pixel_image.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/image/quantile.h"
#include "mhcnn/page/page_picture.h"

namespace mhcnn {
namespace {

/// Longer side in pixels of the page's picture, from which the window is made.
constexpr int kWindowSide = 1280;
constexpr int kMaxBits = 16;

cv::Mat1w ReduceToSide(const cv::Mat1w& picture, int longest) {
  const int side = std::max(picture.cols, picture.rows);
  if (longest <= 0 || side <= longest) return picture;
  const double scale = static_cast<double>(longest) / side;
  cv::Mat1w small;
  cv::resize(
      picture, small,
      {std::max(1, cvRound(picture.cols * scale)), std::max(1, cvRound(picture.rows * scale))}, 0,
      0, cv::INTER_AREA);
  return small;
}

/// Returns the bits of the values: a VOI gives 16, without one they keep the bits of the file.
int FindSignificantBits(const cv::Mat1w& pixels, int of_file) {
  double largest = 0;
  cv::minMaxLoc(pixels, nullptr, &largest);
  const int needed = std::bit_width(static_cast<unsigned>(largest));
  return needed > of_file ? kMaxBits : std::clamp(of_file, 1, kMaxBits);
}

}  // namespace

PixelImage ReadPixelImage(const std::filesystem::path& path, const PixelRequest& request) {
  DicomReadOptions options;
  // The cut has at least this fraction of the image's longer side.
  const double fraction = std::clamp(std::min(request.cut.width, request.cut.height), 0.01, 1.0);
  if (request.longest > 0) {
    options.wanted_long_side = static_cast<int>(std::ceil(request.longest / fraction));
  }
  const Mammogram read = ReadMammogram(path, options);
  const cv::Rect at = ToPixelRect(request.cut, read.pixels.size());
  const cv::Mat1w cut = read.pixels(at);
  PixelImage image;
  image.bits = FindSignificantBits(cut, read.metadata.bits);
  image.pixels = ReduceToSide(cut, request.longest);
  if (request.inverted) image.pixels = ((1 << image.bits) - 1) - image.pixels;
  const double reduced = static_cast<double>(at.width) / image.pixels.cols;
  image.scale = reduced * read.metadata.reduction;
  if (read.metadata.column_spacing_mm)
    image.spacing_mm = *read.metadata.column_spacing_mm * reduced;
  const ValueRange range = RobustRange(ReduceToSide(image.pixels, kWindowSide), 0.001, 0.002);
  image.window_width = std::max(1.0, range.high - range.low);
  image.window_center = range.low + image.window_width / 2;
  return image;
}

std::string LittleEndianBytes(const cv::Mat1w& pixels) {
  static_assert(std::endian::native == std::endian::little);
  const std::size_t row = pixels.cols * sizeof(std::uint16_t);
  std::string bytes(row * pixels.rows, '\0');
  for (int y = 0; y < pixels.rows; ++y) std::memcpy(bytes.data() + y * row, pixels.ptr(y), row);
  return bytes;
}

}  // namespace mhcnn
