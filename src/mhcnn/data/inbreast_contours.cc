#include "mhcnn/data/inbreast_contours.h"

#include <algorithm>
#include <charconv>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <pugixml.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// "(123.4, 567.8)", or "{…}"; nothing for any other text, such as the three numbers of Point_mm.
std::optional<cv::Point2d> ParsePoint(std::string_view text) {
  const auto open = text.find_first_of("({"), close = text.find_last_of(")}");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;
  }
  text = text.substr(open + 1, close - open - 1);
  const auto comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view part) -> std::optional<double> {
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    double value = 0;
    const auto parsed = std::from_chars(part.data(), part.data() + part.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != part.data() + part.size()) return std::nullopt;
    // Far beyond any detector: no coordinate.
    return std::abs(value) < 1e6 ? std::optional(value) : std::nullopt;
  };
  const auto x = number(text.substr(0, comma)), y = number(text.substr(comma + 1));
  return x && y ? std::optional(cv::Point2d(*x, *y)) : std::nullopt;
}

std::vector<cv::Point2d> ParsePoints(const pugi::xml_node& array) {
  std::vector<cv::Point2d> points;
  for (const auto& item : array.children("string")) {
    const auto point = ParsePoint(item.text().get());
    if (!point) return {};
    points.push_back(*point);
  }
  return points;
}

/// The value beside <key>name</key> in a <dict>.
pugi::xml_node FindValue(const pugi::xml_node& dict, const char* name) {
  for (const auto& key : dict.children("key")) {
    if (std::string_view(key.text().get()) == name) return key.next_sibling();
  }
  return {};
}

}  // namespace

std::vector<Contour> ReadContours(const fs::path& path) {
  const std::string text = ReadTextFile(path, std::uint64_t{64} << 20);
  pugi::xml_document document;
  // pugixml neither expands entities of a DTD nor fetches anything.
  const auto parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) {
    throw Error(ErrorCode::kCorrupt, std::string("is not XML: ") + parsed.description(),
                path.string());
  }
  const pugi::xml_node root = document.child("plist").child("dict");
  if (!root) throw Error(ErrorCode::kCorrupt, "is not a property list", path.string());
  std::vector<Contour> contours;
  for (const auto& image : FindValue(root, "Images").children("dict")) {
    for (const auto& roi : FindValue(image, "ROIs").children("dict")) {
      Contour contour{FindValue(roi, "Name").text().get(), ParsePoints(FindValue(roi, "Point_px"))};
      if (!contour.points.empty()) contours.push_back(std::move(contour));
    }
  }
  if (contours.empty()) {
    for (const auto& array : root.children("array")) {
      auto points = ParsePoints(array);
      if (!points.empty()) contours.push_back({"", std::move(points)});
    }
  }
  if (contours.empty()) {
    throw Error(ErrorCode::kCorrupt, "contains no contour in pixels", path.string(),
                "expected Images > ROIs > Point_px as INbreast publishes it");
  }
  return contours;
}

Mask PectoralMask(const std::vector<Contour>& contours, cv::Size size, bool chest_wall_left) {
  // The longest line is the muscle's edge where a file holds more.
  const auto longest = std::max_element(
      contours.begin(), contours.end(),
      [](const Contour& a, const Contour& b) { return a.points.size() < b.points.size(); });
  if (longest == contours.end() || longest->points.size() < 2) {
    throw Error(ErrorCode::kCorrupt, "contains no pectoral contour of two points or more");
  }
  auto line = longest->points;
  if (line.front().y > line.back().y) std::reverse(line.begin(), line.end());
  const double wall = chest_wall_left ? 0 : size.width - 1;
  // Lines stop a few pixels short of the picture's edges.
  line.front().y = 0;
  line.back().x = wall;
  line.emplace_back(wall, 0);
  std::vector<cv::Point> polygon;
  for (const auto& p : line) polygon.emplace_back(cvRound(p.x), cvRound(p.y));
  Mask mask = Mask::zeros(size);
  cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{polygon}, cv::Scalar(255));
  return mask;
}

}  // namespace mhcnn
