#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"

namespace mhcnn {

/// Folder below the output of a batch with the files that its page shows.
inline constexpr const char* kPageFolder = "page";

/// Files of one image for the page of a batch, ready to be written.
struct PagePicture {
  std::vector<std::uint8_t> picture;    ///< JPEG, grey, cut to the breast, 1280 pixels at most
  std::vector<std::uint8_t> thumbnail;  ///< the same, 88 pixels high
  /// JSON: size and spacing of the picture, the part of the image that it shows (`cut`: left, top,
  /// width and height as fractions of the image's), and breast, dense tissue and pectoral muscle as
  /// paths of SVG in pixels of the picture.
  std::string outlines;
};

/// Returns JavaScript that gives the outlines of an image to the page of a batch.
std::string OutlinesScript(const std::string& key, const std::string& outlines);

/// Returns the name of an image's files on the page: 16 hexadecimal digits that follow from the
/// path in its row, so that no name of a file becomes a part of an address.
std::string PagePictureKey(const std::string& path);

/// Paths of the files of an image.
struct PagePicturePaths {
  std::filesystem::path picture, thumbnail, outlines;  ///< .jpg, -small.jpg, .js
};
/// Returns the paths below the output folder: page/pictures/1f/1f0c….jpg.
PagePicturePaths MakePagePicturePaths(const std::filesystem::path& output, const std::string& key);

/// Makes the files of a measured image and its masks, which may be empty. `picture` is the image as
/// it was measured. Throws Error(kInternal) if it cannot be encoded.
PagePicture MakePagePicture(const GreyImage& picture, const Result& result);

/// Returns the pixels of an image that `cut` of PagePicture::outlines describes.
cv::Rect ToPixelRect(const cv::Rect2d& cut, cv::Size image);

/// Returns whether a file begins like a picture that MakePagePicture made.
bool IsPagePicture(std::span<const std::uint8_t> head);

}  // namespace mhcnn
