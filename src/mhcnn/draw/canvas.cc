#include "mhcnn/draw/canvas.h"

#include <cairo.h>

#include <algorithm>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"

namespace mhcnn {

struct Canvas::Surface {
  cv::Mat4b pixels;  // of kFormat: blue, green, red, unused
  cairo_surface_t* surface = nullptr;
  cairo_t* cairo = nullptr;

  ~Surface() {
    if (cairo != nullptr) cairo_destroy(cairo);
    if (surface != nullptr) cairo_surface_destroy(surface);
  }

  void Use(const Colour& c) { cairo_set_source_rgba(cairo, c.red, c.green, c.blue, c.opacity); }
  void Use(const Stroke& stroke) {
    Use(stroke.colour);
    cairo_set_line_width(cairo, stroke.width);
    cairo_set_dash(cairo, stroke.dashes.data(), static_cast<int>(stroke.dashes.size()), 0);
  }
  void Path(const cv::Rect2d& box, double radius) {
    const double r = std::min({radius, box.width / 2, box.height / 2});
    if (r <= 0) return cairo_rectangle(cairo, box.x, box.y, box.width, box.height);
    constexpr double kRight = std::numbers::pi / 2;
    const double left = box.x + r, right = box.x + box.width - r, top = box.y + r,
                 bottom = box.y + box.height - r;
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, right, top, r, -kRight, 0);
    cairo_arc(cairo, right, bottom, r, 0, kRight);
    cairo_arc(cairo, left, bottom, r, kRight, 2 * kRight);
    cairo_arc(cairo, left, top, r, 2 * kRight, 3 * kRight);
    cairo_close_path(cairo);
  }
  void Path(const Outlines& outlines) {
    for (const auto& outline : outlines) {
      cairo_new_sub_path(cairo);
      for (const auto& point : outline) cairo_line_to(cairo, point.x, point.y);
      cairo_close_path(cairo);
    }
  }
};

Canvas::Canvas(cv::Size size, const Colour& background) : surface_(std::make_unique<Surface>()) {
  Surface& s = *surface_;
  s.pixels.create(size);
  s.surface = cairo_image_surface_create_for_data(s.pixels.data, CAIRO_FORMAT_RGB24, size.width,
                                                  size.height, static_cast<int>(s.pixels.step[0]));
  s.cairo = cairo_create(s.surface);
  if (cairo_status(s.cairo) != CAIRO_STATUS_SUCCESS) {
    throw Error(ErrorCode::kLimit, "a page of this size cannot be drawn: " +
                                       std::string(cairo_status_to_string(cairo_status(s.cairo))));
  }
  cairo_set_antialias(s.cairo, CAIRO_ANTIALIAS_BEST);
  cairo_set_line_join(s.cairo, CAIRO_LINE_JOIN_ROUND);
  s.Use(background);
  cairo_paint(s.cairo);
}

Canvas::~Canvas() = default;

double Canvas::Text(cv::Point2d at, std::string_view text, const TextStyle& style) {
  const SetText set = SetLine(text, style.size, style.weight);
  cairo_t* c = surface_->cairo;
  const double shift = style.align == Align::kLeft     ? 0
                       : style.align == Align::kCentre ? set.width / 2
                                                       : set.width;
  cairo_save(c);
  cairo_translate(c, at.x - shift, at.y);
  cairo_new_path(c);
  for (const auto& step : set.outline) {
    switch (step.kind) {
      case OutlineStep::Kind::kMove:
        cairo_move_to(c, step.x, step.y);
        break;
      case OutlineStep::Kind::kLine:
        cairo_line_to(c, step.x, step.y);
        break;
      case OutlineStep::Kind::kCurve:
        cairo_curve_to(c, step.x1, step.y1, step.x2, step.y2, step.x, step.y);
        break;
      case OutlineStep::Kind::kClose:
        cairo_close_path(c);
        break;
    }
  }
  surface_->Use(style.colour);
  cairo_fill(c);
  cairo_restore(c);
  return set.width;
}

void Canvas::Fill(const cv::Rect2d& box, const Colour& colour, double corner_radius) {
  surface_->Path(box, corner_radius);
  surface_->Use(colour);
  cairo_fill(surface_->cairo);
}

void Canvas::Frame(const cv::Rect2d& box, const Stroke& stroke, double corner_radius) {
  surface_->Path(box, corner_radius);
  surface_->Use(stroke);
  cairo_stroke(surface_->cairo);
}

void Canvas::Line(cv::Point2d from, cv::Point2d to, const Stroke& stroke) {
  surface_->Use(stroke);
  cairo_move_to(surface_->cairo, from.x, from.y);
  cairo_line_to(surface_->cairo, to.x, to.y);
  cairo_stroke(surface_->cairo);
}

void Canvas::Disc(cv::Point2d centre, double radius, const Colour& colour) {
  cairo_arc(surface_->cairo, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
  surface_->Use(colour);
  cairo_fill(surface_->cairo);
}

void Canvas::Picture(const cv::Mat& picture, const cv::Rect2d& box) {
  const cv::Rect place(cvRound(box.x), cvRound(box.y), cvRound(box.width), cvRound(box.height));
  if (picture.empty() || place.empty()) return;
  cv::Mat sized;
  cv::resize(picture, sized, place.size(), 0, 0,
             place.width < picture.cols ? cv::INTER_AREA : cv::INTER_CUBIC);
  cv::Mat4b pixels;
  cv::cvtColor(sized, pixels, sized.channels() == 1 ? cv::COLOR_GRAY2BGRA : cv::COLOR_BGR2BGRA);
  cairo_surface_t* source = cairo_image_surface_create_for_data(
      pixels.data, CAIRO_FORMAT_RGB24, pixels.cols, pixels.rows, static_cast<int>(pixels.step[0]));
  cairo_t* c = surface_->cairo;
  cairo_set_source_surface(c, source, place.x, place.y);
  cairo_rectangle(c, place.x, place.y, place.width, place.height);
  cairo_fill(c);
  cairo_surface_destroy(source);
}

void Canvas::FillOutlines(const Outlines& outlines, const Colour& colour) {
  cairo_t* c = surface_->cairo;
  surface_->Path(outlines);
  surface_->Use(colour);
  cairo_set_fill_rule(c, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_fill(c);
  cairo_set_fill_rule(c, CAIRO_FILL_RULE_WINDING);
}

void Canvas::DrawOutlines(const Outlines& outlines, const Stroke& stroke) {
  surface_->Path(outlines);
  surface_->Use(stroke);
  cairo_stroke(surface_->cairo);
}

cv::Size Canvas::size() const { return surface_->pixels.size(); }

cv::Mat3b Canvas::Pixels() const {
  cairo_surface_flush(surface_->surface);
  cv::Mat3b pixels;
  cv::cvtColor(surface_->pixels, pixels, cv::COLOR_BGRA2BGR);
  return pixels;
}

}  // namespace mhcnn
