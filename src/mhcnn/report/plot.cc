#include "mhcnn/report/plot.h"

#include <fmt/format.h>
#include <plplot/plplot.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <regex>

#include "mhcnn/base/error.h"
#include "mhcnn/base/html.h"

namespace mhcnn {
namespace {

std::mutex& PlplotMutex() {
  static std::mutex mutex;
  return mutex;
}

constexpr PLINT kInk = 1, kPaint = 2;  // colours of PLplot's map 0
constexpr PlotColour kAxisColour{96, 110, 123}, kTextColour{28, 39, 51};

/// '#' begins an escape sequence of PLplot.
std::string Literal(const std::string& text) {
  std::string literal;
  for (const char c : text) literal += c == '#' ? "##" : std::string(1, c);
  return literal;
}

struct Columns {
  std::vector<PLFLT> x, y;
};

Columns SplitIntoColumns(const Plot::Points& points) {
  Columns columns;
  for (const auto& [x, y] : points) {
    columns.x.push_back(x);
    columns.y.push_back(y);
  }
  return columns;
}

}  // namespace

Plot::Plot(int width, int height, const PlotAxis& x, const PlotAxis& y, const PlotMargins& margins)
    : lock_(PlplotMutex()),
      width_(width),
      height_(height),
      x_per_pixel_((x.high - x.low) / (width - margins.left - margins.right)),
      y_per_pixel_((y.high - y.low) / (height - margins.top - margins.bottom)) {
  FILE* stream = ::open_memstream(&buffer_, &size_);
  if (stream == nullptr) throw Error(ErrorCode::kIo, "no memory for a figure");
  plsdev("svg");
  plsfile(stream);  // PLplot closes it
  // Its clip paths have names that two figures on one page would share.
  plsetopt("drvopt", "text_clipping=0");
  plspage(0, 0, width, height, 0, 0);
  plscolbg(255, 255, 255);
  plinit();
  pladv(0);
  plvpor(static_cast<double>(margins.left) / width, 1 - static_cast<double>(margins.right) / width,
         static_cast<double>(margins.bottom) / height,
         1 - static_cast<double>(margins.top) / height);
  plwind(x.low, x.high, y.low, y.high);
  SetColour(kAxisColour);
  plwidth(1);
  plschr(0, 1);
  plsmaj(0, 0.7);
  plbox(x.numbers ? "bnst" : "b", x.tick, 1, y.numbers ? "bnstv" : "", y.tick, 1);
  SetColour(kTextColour);
  plmtex("b", 3.2, 0.5, 0.5, Literal(x.label).c_str());
  plmtex("l", 4.4, 0.5, 0.5, Literal(y.label).c_str());
  // From here on the whole page, in the same coordinates: PLplot drops text outside its viewport.
  plvpor(0, 1, 0, 1);
  plwind(x.low - margins.left * x_per_pixel_, x.high + margins.right * x_per_pixel_,
         y.low - margins.bottom * y_per_pixel_, y.high + margins.top * y_per_pixel_);
}

Plot::~Plot() {
  if (open_) plend();
  std::free(buffer_);
}

void Plot::SetColour(const PlotColour& colour) {
  const PLINT index = colour.alpha < 1 ? kPaint : kInk;
  plscol0a(index, colour.red, colour.green, colour.blue, colour.alpha);
  plcol0(index);
}

void Plot::Line(const Points& points, const PlotColour& colour, double width, bool dashed) {
  if (points.size() < 2) return;
  const Columns columns = SplitIntoColumns(points);
  SetColour(colour);
  plwidth(width);
  const PLINT mark = 1500, space = 1500;  // micrometres
  if (dashed) plstyl(1, &mark, &space);
  plline(static_cast<PLINT>(points.size()), columns.x.data(), columns.y.data());
  if (dashed) plstyl(0, &mark, &space);
}

void Plot::Discs(const Points& centres, const PlotColour& colour, double radius) {
  constexpr int kCorners = 16;
  SetColour(colour);
  for (const auto& [x, y] : centres) {
    Points corners;
    for (int i = 0; i < kCorners; ++i) {
      const double angle = 2 * std::numbers::pi * i / kCorners;
      corners.emplace_back(x + radius * x_per_pixel_ * std::cos(angle),
                           y + radius * y_per_pixel_ * std::sin(angle));
    }
    const Columns columns = SplitIntoColumns(corners);
    plfill(kCorners, columns.x.data(), columns.y.data());
  }
}

void Plot::Text(double x, double y, const std::string& text, const PlotColour& colour,
                TextAlign align, double size) {
  SetColour(colour);
  plschr(0, size);
  const double just = align == TextAlign::kLeft ? 0 : align == TextAlign::kCentre ? 0.5 : 1;
  plptex(x, y, 1, 0, just, Literal(text).c_str());
}

std::string Plot::Svg(const std::string& title) {
  if (!open_) throw Error(ErrorCode::kInternal, "a figure was ended twice");
  plend();
  open_ = false;
  std::string svg(buffer_, size_);
  // The file's own frame has a document type and sizes in points.
  const auto opened = svg.find("<svg"), begin = svg.find('>', opened), end = svg.rfind("</svg>");
  if (opened == std::string::npos || begin == std::string::npos || end == std::string::npos) {
    throw Error(ErrorCode::kInternal, "PLplot drew no SVG figure");
  }
  std::string content = svg.substr(begin + 1, end - begin - 1);
  static const std::regex space(R"([ \t]*\n[ \t]*)"),
      unwanted(R"( (font-(family|style|weight)|dominant-baseline|xml:space)="[^"]*")"),
      digits(R"((\.\d\d)\d+(e[+]00)?)");
  content = std::regex_replace(content, space, " ");
  content = std::regex_replace(content, unwanted, "");
  content = std::regex_replace(content, digits, "$1");
  return fmt::format(
      "<svg width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}"
      "</svg>",
      width_, height_, width_, height_, EscapeHtml(title), content);
}

}  // namespace mhcnn
