#pragma once

#include <memory>
#include <opencv2/core.hpp>
#include <string_view>
#include <vector>

#include "mhcnn/draw/type_face.h"

namespace mhcnn {

/// Closed lines, each a list of corners.
using Outlines = std::vector<std::vector<cv::Point2d>>;

/// Style of a line.
struct Stroke {
  /// Colour of the line.
  Colour colour = {1, 1, 1};
  double width = 1;            ///< pixels
  std::vector<double> dashes;  ///< lengths of dashes and gaps in turn, pixels; empty: unbroken
};

/// A picture to draw on, in colour, with smooth edges. Lengths are pixels from the upper left
/// corner.
class Canvas {
 public:
  /// Makes a canvas. Throws Error(kLimit) where there is no memory for it.
  Canvas(cv::Size size, const Colour& background);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  /// Draws one line of text whose base line starts, has its middle or ends at `at`; returns its
  /// width.
  double Text(cv::Point2d at, std::string_view text, const TextStyle& style);
  /// Fills a box, with rounded corners where `corner_radius` is above 0.
  void Fill(const cv::Rect2d& box, const Colour& colour, double corner_radius = 0);
  /// Draws the edge of a box.
  void Frame(const cv::Rect2d& box, const Stroke& stroke, double corner_radius = 0);
  /// Draws a straight line.
  void Line(cv::Point2d from, cv::Point2d to, const Stroke& stroke);
  /// Fills a circle.
  void Disc(cv::Point2d centre, double radius, const Colour& colour);
  /// Draws a picture (grey, or BGR) into a box, which is rounded to whole pixels.
  void Picture(const cv::Mat& picture, const cv::Rect2d& box);
  /// Fills the points that are inside an odd number of the outlines.
  void FillOutlines(const Outlines& outlines, const Colour& colour);
  /// Draws the outlines as lines.
  void DrawOutlines(const Outlines& outlines, const Stroke& stroke);

  /// Returns the size of the picture.
  cv::Size size() const;
  /// Returns the drawn image, 8-bit BGR.
  cv::Mat3b Pixels() const;

 private:
  struct Surface;
  std::unique_ptr<Surface> surface_;
};

}  // namespace mhcnn
