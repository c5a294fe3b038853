#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// One region of interest of an OsiriX export as INbreast publishes it.
struct Contour {
  std::string name;  ///< "Mass", "Calcification", "Pectoral Muscle", …; may be empty
  std::vector<cv::Point2d> points;  ///< x, y in pixels from the top left
};

/// Reads an Apple property list (XML). Known forms: Images > ROIs > {Name, Point_px = ["(x, y)",
/// …]} and the flat form of some pectoral files, a list of "(x, y)" next to DataSummary. Throws
/// kCorrupt, kNotFound.
std::vector<Contour> ReadContours(const std::filesystem::path& path);

/// Returns the muscle behind an INbreast pectoral contour. The contour is an open line from the
/// upper edge to the chest wall; it is extended to both and closed around the upper corner on the
/// side of `chest_wall_left`. Throws Error(kCorrupt) for fewer than two points.
Mask PectoralMask(const std::vector<Contour>& contours, cv::Size size, bool chest_wall_left);

}  // namespace mhcnn
