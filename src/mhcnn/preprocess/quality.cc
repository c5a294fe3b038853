#include "mhcnn/preprocess/quality.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace {

constexpr double kSaturated = 0.02;    // fraction of the breast's pixels
constexpr int kFewGreyValues = 48;     // an 8-bit picture of good contrast has over 150
constexpr double kNarrow = 0.05;       // fraction of the picture's range
constexpr double kMuchEnlarged = 1.5;  // rows of the input for each of the copy
constexpr double kCutInFront = 0.03;   // fraction of the breast's height
constexpr double kCutAtEnd = 0.6;      // fraction of the breast's depth
constexpr int kHeight = 384;  // pixels of the region's copy that its outline is measured on

void MeasureGreyValues(const GreyImage& picture, const Prepared& prepared, ImageQuality& q) {
  double lowest = 0, highest = 0;
  cv::minMaxLoc(picture(prepared.geometry.inner), &lowest, &highest);
  Mask inner;
  const cv::Size working = prepared.region.size();
  const int brush = std::max(3, std::max(working.width, working.height) / 40) | 1;
  cv::erode(prepared.region, inner, cv::Mat::ones(brush, brush, CV_8U), {-1, -1}, 1,
            cv::BORDER_REPLICATE);
  std::bitset<65536> seen;
  std::int64_t region = 0, bright = 0, deep = 0, dark = 0;
  for (int y = 0; y < working.height; ++y) {
    const auto* row = picture[y * picture.rows / working.height];
    for (int x = 0; x < working.width; ++x) {
      if (!prepared.region(y, x)) continue;
      // Pixels as stored, not averages: those would hide single burnt-out ones.
      const std::uint16_t value = row[x * picture.cols / working.width];
      seen.set(value);
      ++region;
      // A file read at a lower resolution has its burnt-out areas a little below.
      bright += value >= highest - (highest - lowest) / 256;
      deep += inner(y, x) != 0;
      dark += inner(y, x) != 0 && value == lowest;
    }
  }
  const auto fraction = [](std::int64_t part, std::int64_t of) {
    return of > 0 ? static_cast<double>(part) / static_cast<double>(of) : 0.0;
  };
  q.bright_fraction = fraction(bright, region);
  q.dark_fraction = fraction(dark, deep);
  q.grey_values = static_cast<int>(seen.count());
  q.grey_range = (prepared.high - prepared.low) / std::max(1.0, highest - lowest);
}

void MeasureOutline(const Prepared& prepared, ImageQuality& q) {
  const cv::Mat oriented = prepared.geometry.orientation.Apply(prepared.region);
  const Mask exposed = oriented(prepared.frame);
  const cv::Rect box = cv::boundingRect(exposed);
  if (box.empty()) return;
  const double scale = static_cast<double>(kHeight) / box.height;
  cv::Mat resized;
  cv::resize(exposed, resized, {}, scale, scale, cv::INTER_AREA);
  const Mask region(resized > 127);
  const double height = kHeight, depth = box.width * scale;
  q.anterior_contact = cv::countNonZero(region.col(region.cols - 1)) / height;
  q.upper_contact = cv::countNonZero(region.row(0)) / depth;
  q.lower_contact = cv::countNonZero(region.row(region.rows - 1)) / depth;
}

}  // namespace

ImageQuality AssessImage(const GreyImage& picture, const Prepared& prepared) {
  ImageQuality quality;
  MeasureGreyValues(picture, prepared, quality);
  MeasureOutline(prepared, quality);
  const auto& geometry = prepared.geometry;
  if (geometry.crop.height > 0)
    quality.enlargement = static_cast<double>(geometry.placed.height) / geometry.crop.height;
  return quality;
}

std::vector<std::string> QualityFlags(const ImageQuality& q, View view) {
  std::vector<std::string> flags;
  if (q.bright_fraction > kSaturated || q.dark_fraction > kSaturated)
    AddFlag(flags, Flag::kSaturated);
  if (q.grey_values < kFewGreyValues || q.grey_range < kNarrow) AddFlag(flags, Flag::kLowContrast);
  if (q.enlargement > kMuchEnlarged) AddFlag(flags, Flag::kLowResolution);
  // An MLO view runs out of the frame above (axilla) and often below (abdomen); a CC view does at
  // the chest wall only.
  const bool cut_at_ends =
      view == View::kCC && std::max(q.upper_contact, q.lower_contact) > kCutAtEnd;
  if (q.anterior_contact > kCutInFront || cut_at_ends) AddFlag(flags, Flag::kBreastCutOff);
  if (q.anterior_contact > kCutInFront) AddFlag(flags, Flag::kNippleNotSeen);
  return flags;
}

}  // namespace mhcnn
