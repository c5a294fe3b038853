#include "mhcnn/page/page_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string_view>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/image/jpeg_encode.h"
#include "mhcnn/page/script_text.h"
#include "mhcnn/results/page_views.h"
#include "mhcnn/results/view_picture.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr int kLongSide = 1280, kThumbnailHeight = 88;
constexpr int kQuality = 85, kThumbnailQuality = 75;
constexpr double kSimplify = 0.5;  // pixels that a simplified outline may differ

/// Mark by which a picture of a page is recognised.
constexpr const char* kComment = "mhcnn page picture";

std::vector<std::uint8_t> EncodeJpeg(const cv::Mat1b& picture, int quality) {
  return EncodeJpegFile(picture, {.quality = quality, .comment = kComment});
}

/// The tissue with a margin; all where there are no masks.
cv::Rect FindBreastCut(const Mask& breast, const Mask& pectoral, cv::Size size) {
  const cv::Rect all({}, size);
  if (breast.empty()) return all;
  const cv::Rect box = cv::boundingRect(cv::Mat(breast | pectoral));
  if (box.empty()) return all;
  const int margin = std::max(size.width, size.height) / 50;
  return cv::Rect(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin) &
         all;
}

/// Closed lines as the attribute `d` of a path of SVG.
std::string SvgPath(const Outlines& outlines) {
  std::string path;
  for (const auto& outline : outlines) {
    const std::vector<cv::Point2f> line(outline.begin(), outline.end());
    std::vector<cv::Point2f> simple;
    cv::approxPolyDP(line, simple, kSimplify, true);
    if (simple.size() < 3) continue;
    for (std::size_t i = 0; i < simple.size(); ++i)
      path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", simple[i].x, simple[i].y);
    path += "Z";
  }
  return path;
}

/// Size of the cut at the breast in millimetres, where the spacing can be trusted.
nlohmann::json SizeInMm(const Result& result, const cv::Rect2d& fraction) {
  const auto& metadata = result.metadata;
  if (!metadata.row_spacing_mm || !metadata.column_spacing_mm) return nullptr;
  return {fraction.width * result.size.width * *metadata.column_spacing_mm,
          fraction.height * result.size.height * *metadata.row_spacing_mm};
}

}  // namespace

std::string PagePictureKey(const std::string& path) { return ToHexDigits(Fnv1a(path)); }

PagePicturePaths MakePagePicturePaths(const fs::path& output, const std::string& key) {
  const fs::path folder = output / kPageFolder / "pictures" / key.substr(0, 2);
  return {folder / (key + ".jpg"), folder / (key + "-small.jpg"), folder / (key + ".js")};
}

std::string OutlinesScript(const std::string& key, const std::string& outlines) {
  return "mhcnnPicture(\"" + key + "\"," + ToParsedScriptValue(outlines) + ");\n";
}

cv::Rect ToPixelRect(const cv::Rect2d& cut, cv::Size image) {
  return cv::Rect(cvRound(cut.x * image.width), cvRound(cut.y * image.height),
                  std::max(1, cvRound(cut.width * image.width)),
                  std::max(1, cvRound(cut.height * image.height))) &
         cv::Rect({}, image);
}

PagePicture MakePagePicture(const GreyImage& picture, const Result& result) {
  if (picture.empty()) throw Error(ErrorCode::kInternal, "a page picture of nothing");
  // The cut first, in the masks' small size, so that the breast gets the pixels of the page.
  const bool masks = !result.breast.empty();
  const cv::Rect cut =
      FindBreastCut(result.breast, result.pectoral, masks ? result.breast.size() : picture.size());
  const cv::Size of = masks ? result.breast.size() : picture.size();
  const cv::Rect2d fraction(
      static_cast<double>(cut.x) / of.width, static_cast<double>(cut.y) / of.height,
      static_cast<double>(cut.width) / of.width, static_cast<double>(cut.height) / of.height);
  const cv::Rect at = ToPixelRect(fraction, picture.size());
  const double scale =
      std::min(1.0, static_cast<double>(kLongSide) / std::max(at.width, at.height));
  const cv::Size size(std::max(1, cvRound(at.width * scale)),
                      std::max(1, cvRound(at.height * scale)));
  const cv::Mat1b grey = DisplayGrey(picture(at), size);
  PagePicture page;
  page.picture = EncodeJpeg(grey, kQuality);
  cv::Mat1b small;
  const int width =
      std::max(1, cvRound(static_cast<double>(size.width) * kThumbnailHeight / size.height));
  cv::resize(grey, small, {std::min(width, 4 * kThumbnailHeight), kThumbnailHeight}, 0, 0,
             cv::INTER_AREA);
  page.thumbnail = EncodeJpeg(small, kThumbnailQuality);

  const auto path = [&](const Mask& mask) {
    return masks && !mask.empty() ? SvgPath(page::MaskOutlines(ResizeMaskOrZero(mask(cut), size)))
                                  : std::string();
  };
  const nlohmann::json outlines = {
      {"width", size.width},
      {"height", size.height},
      {"mm", SizeInMm(result, fraction)},
      {"pixels", {at.width, at.height}},
      {"cut", {fraction.x, fraction.y, fraction.width, fraction.height}},
      {"inverted", std::ranges::find(result.flags, "inverted") != result.flags.end()},
      {"breast", path(result.breast)},
      {"dense", path(result.dense)},
      {"pectoral", path(result.pectoral)}};
  page.outlines = outlines.dump();
  return page;
}

bool IsPagePicture(std::span<const std::uint8_t> head) { return ReadJpegComment(head) == kComment; }

}  // namespace mhcnn
