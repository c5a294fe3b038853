#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mhcnn {

/// Colour with 8 bits for each part; alpha 0 (invisible) to 1.
struct PlotColour {
  /// Parts of the colour, 0 to 255.
  int red = 0, green = 0, blue = 0;
  /// Opacity.
  double alpha = 1;
};

/// One axis of a plot: its range, the distance of its ticks and its label.
struct PlotAxis {
  /// Ends of the axis.
  double low = 0, high = 1;
  /// Distance of the ticks.
  double tick = 0.2;
  /// Text next to the axis.
  std::string label{};
  bool numbers = true;  ///< false: neither ticks nor numbers, for an axis of names
};

/// Margins in pixels, for the text next to the axes.
struct PlotMargins {
  /// Margins of the four sides.
  int left = 70, right = 16, top = 14, bottom = 50;
};

/// Point of a text that is at the text's position.
enum class TextAlign { kLeft, kCentre, kRight };

/// Figure as SVG, drawn by PLplot (LGPL); no other file uses PLplot. Coordinates are those of the
/// axes. PLplot has one state for the whole process: a second Plot waits until the first is
/// destroyed, so one thread must not have two.
class Plot {
 public:
  /// Begins a figure of this size in pixels.
  Plot(int width, int height, const PlotAxis& x, const PlotAxis& y,
       const PlotMargins& margins = {});
  ~Plot();
  Plot(const Plot&) = delete;
  Plot& operator=(const Plot&) = delete;

  /// Points (x, y) in the coordinates of the axes.
  using Points = std::vector<std::pair<double, double>>;

  /// Draws a line. `width` in pixels; dashed for what is not data.
  void Line(const Points& points, const PlotColour& colour, double width = 1.5,
            bool dashed = false);
  /// Draws discs of a radius in pixels.
  void Discs(const Points& centres, const PlotColour& colour, double radius = 3);
  /// Draws a text. `size` 1 is the size of the axes' text; `text` may be UTF-8.
  void Text(double x, double y, const std::string& text, const PlotColour& colour,
            TextAlign align = TextAlign::kLeft, double size = 1);

  /// Ends the figure and returns it as an element `svg` with `title` for people who cannot see it.
  /// Nothing may be drawn after.
  std::string Svg(const std::string& title);

 private:
  void SetColour(const PlotColour& colour);

  std::unique_lock<std::mutex> lock_;
  int width_, height_;
  double x_per_pixel_, y_per_pixel_;
  char* buffer_ = nullptr;
  std::size_t size_ = 0;
  bool open_ = true;
};

}  // namespace mhcnn
