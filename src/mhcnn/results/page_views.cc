#include "mhcnn/results/page_views.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "mhcnn/image/mask.h"
#include "mhcnn/results/hanging_protocol.h"
#include "mhcnn/results/number_text.h"
#include "mhcnn/results/page_style.h"
#include "mhcnn/results/view_picture.h"

namespace mhcnn::page {
namespace {

constexpr double kLegendHeight = 64, kRowGap = 28, kMiddleGap = 6;
constexpr double kLabelWidth = 236;  // beside each image, at the outer edge of the page
constexpr double kLowestRow = 240;
constexpr double kLargest = 1.6;  // page pixels for a pixel of a picture, at most

/// A place on the page with what hangs there.
struct Place {
  const ExamImage* image = nullptr;    // null: no such image in the exam
  std::string view;                    // "CC"
  bool right = false;                  // right breast: the chest wall is at the box's right edge
  ViewPicture picture;                 // empty where the image was refused
  cv::Rect cut;                        // the part of the picture that is drawn
  std::optional<cv::Point2d> spacing;  // millimetres for a pixel of the picture

  bool drawn() const { return !picture.empty(); }
  /// Size of the cut in millimetres, or in pixels of the picture.
  cv::Size2d Extent(bool in_mm) const {
    return {cut.width * (in_mm ? spacing->x : 1), cut.height * (in_mm ? spacing->y : 1)};
  }
};

struct Row {
  std::array<Place, 2> places;  // right, left
  double height = 0;
};

/// The tissue with a margin; all where there are no outlines.
cv::Rect Cut(const ViewPicture& picture) {
  const cv::Rect all({}, picture.grey.size());
  if (picture.breast.empty()) return all;
  const cv::Rect box = cv::boundingRect(cv::Mat(picture.breast | picture.pectoral));
  if (box.empty()) return all;
  const int margin = std::max(all.width, all.height) / 50;
  return cv::Rect(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin) &
         all;
}

std::optional<cv::Point2d> FindSpacing(const ExamImage& image, const ViewPicture& picture) {
  const auto& metadata = image.result.metadata;
  if (!metadata.row_spacing_mm || !metadata.column_spacing_mm) return std::nullopt;
  return cv::Point2d(*metadata.column_spacing_mm * image.result.size.width / picture.grey.cols,
                     *metadata.row_spacing_mm * image.result.size.height / picture.grey.rows);
}

std::vector<Row> LayOutPlaces(const ExamResults& exam) {
  std::vector<Row> rows;
  for (const auto& hung : HangImages(exam.images).rows) {
    Row row;
    for (const std::size_t side : {0U, 1U}) {
      Place& place = row.places[side];
      place.view = hung.view;
      place.right = side == 0;
      if (!hung.image[side]) continue;
      place.image = &exam.images[*hung.image[side]];
      if (!place.image->result.ok()) continue;
      place.picture = MakeViewPicture(place.image->picture, place.image->labels);
      if (!place.drawn()) continue;
      place.cut = Cut(place.picture);
      place.spacing = FindSpacing(*place.image, place.picture);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

/// Page pixels for a unit of Extent: one scale for all images.
struct Scale {
  bool in_mm = false;
  double factor = 0;
};

/// The largest scale at which each image fits its column and the rows fit `height`; sets the rows'
/// heights.
Scale Arrange(std::vector<Row>& rows, double width, double height) {
  Scale scale{.in_mm = true, .factor = 1e9};
  for (const auto& row : rows) {
    for (const auto& place : row.places) {
      if (place.drawn() && !place.spacing) scale.in_mm = false;
    }
  }
  std::vector<double> needs;  // heights of the rows, in units of Extent
  double sum = 0, empty_rows = 0;
  for (const auto& row : rows) {
    double need = 0;
    for (const auto& place : row.places) {
      if (!place.drawn()) continue;
      const cv::Size2d extent = place.Extent(scale.in_mm);
      need = std::max(need, extent.height);
      scale.factor =
          std::min({scale.factor, width / extent.width, kLargest * place.cut.width / extent.width});
    }
    needs.push_back(need);
    sum += need;
    empty_rows += need == 0 ? kLowestRow : 0;
  }
  const double room = height - kRowGap * (static_cast<double>(rows.size()) - 1) - empty_rows;
  if (sum > 0) scale.factor = std::min(scale.factor, room / sum);
  double used = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].height = std::max(kLowestRow, needs[i] * scale.factor);
    used += rows[i].height;
  }
  const double rest = height - kRowGap * (static_cast<double>(rows.size()) - 1) - used;
  if (rest < 0) {  // the lowest rows took more than there was
    scale.factor *= std::max(0.2, 1 + rest / std::max(1.0, used));
    for (auto& row : rows) row.height += rest / static_cast<double>(rows.size());
  } else {
    for (auto& row : rows) row.height += rest / static_cast<double>(rows.size());
  }
  return scale;
}

Outlines Moved(Outlines outlines, const cv::Rect& cut, const cv::Rect2d& box) {
  const double x = box.width / cut.width, y = box.height / cut.height;
  for (auto& outline : outlines) {
    for (auto& point : outline) {
      point = {box.x + (point.x - cut.x) * x, box.y + (point.y - cut.y) * y};
    }
  }
  return outlines;
}

const Stroke kBreastStroke{.colour = kText, .width = 2, .dashes = {}};
const Stroke kDenseStroke{.colour = kAccent, .width = 2.5, .dashes = {}};
const Stroke kPectoralStroke{.colour = kQuiet, .width = 2.5, .dashes = {11, 8}};

void DrawImage(Canvas& canvas, const Place& place, const cv::Rect2d& box) {
  canvas.Picture(place.picture.grey(place.cut), box);
  if (place.picture.breast.empty()) return;
  const Outlines dense = Moved(MaskOutlines(place.picture.dense), place.cut, box);
  Colour tint = kAccent;
  tint.opacity = 0.10;
  canvas.FillOutlines(dense, tint);
  canvas.DrawOutlines(dense, kDenseStroke);
  canvas.DrawOutlines(Moved(MaskOutlines(place.picture.pectoral), place.cut, box), kPectoralStroke);
  canvas.DrawOutlines(Moved(MaskOutlines(place.picture.breast), place.cut, box), kBreastStroke);
}

/// Name, percent and interval of an image at the page's outer edge.
void DrawLabel(Canvas& canvas, double x, double top, const Place& place) {
  const Align align = place.right ? Align::kLeft : Align::kRight;
  const Result& result = place.image->result;
  double y = top + 34;
  const TextStyle name = Style(kLarge, kText, Weight::kSemiBold, align);
  for (const auto& line : WrapText(place.image->Name(), name, kLabelWidth)) {
    canvas.Text({x, y}, line, name);
    y += 52;
  }
  const TextStyle small = Style(kSmall, kQuiet, Weight::kRegular, align);
  if (!result.ok()) return;
  if (result.percent_density) {
    canvas.Text({x, y + 4}, PercentText(result.percent_density) + " %",
                Style(kLarge, kText, Weight::kRegular, align));
    y += 50;
  }
  if (result.percent_low && result.percent_high) {
    canvas.Text({x, y}, PercentText(result.percent_low) + " to " + PercentText(result.percent_high),
                small);
    y += 36;
  }
  if (const auto count = result.flags.size(); count > 0) {
    canvas.Text({x, y}, std::to_string(count) + (count == 1 ? " remark" : " remarks"), small);
  }
}

/// Draws words in a frame at the chest wall, in place of a refused image.
void DrawRefused(Canvas& canvas, const cv::Rect2d& box, bool right, const std::string& words) {
  const double width = 0.52 * box.width;
  const cv::Rect2d frame(right ? box.x + box.width - width - 1 : box.x + 1, box.y + 1, width,
                         box.height - 2);
  canvas.Frame(frame, {.colour = kFaint, .width = 2, .dashes = {}}, 8);
  canvas.Text({frame.x + width / 2, frame.y + frame.height / 2 + kBody / 3}, words,
              Style(kBody, kText, Weight::kRegular, Align::kCentre));
}

/// Draws words at the chest wall, in place of an image that the exam does not have.
void DrawAbsent(Canvas& canvas, const cv::Rect2d& box, bool right, const std::string& words) {
  const double x = right ? box.x + box.width - 28 : box.x + 28;
  canvas.Text({x, box.y + box.height / 2 + kSmall / 3}, words,
              Style(kSmall, kQuiet, Weight::kRegular, right ? Align::kRight : Align::kLeft));
}

void DrawPlace(Canvas& canvas, const Place& place, const cv::Rect2d& box, const Scale& scale) {
  if (place.image == nullptr) {
    if (!place.view.empty())
      DrawAbsent(canvas, box, place.right,
                 std::string(place.right ? "R " : "L ") + place.view + " not in the exam");
    return;
  }
  DrawLabel(canvas, place.right ? box.x - kLabelWidth : box.x + box.width + kLabelWidth, box.y,
            place);
  if (!place.drawn()) {
    return DrawRefused(canvas, box, place.right,
                       place.image->result.ok() ? "no picture" : "not measured");
  }
  const cv::Size2d extent = place.Extent(scale.in_mm);
  const double w = extent.width * scale.factor, h = extent.height * scale.factor;
  // MLO images hang from the armpit, others by their middle.
  const double y = place.view == "MLO" ? box.y : box.y + (box.height - h) / 2;
  DrawImage(canvas, place, {place.right ? box.x + box.width - w : box.x, y, w, h});
}

double LegendEntry(Canvas& canvas, double x, double y, const std::string& word,
                   const Stroke& stroke) {
  canvas.Line({x, y - 8}, {x + 44, y - 8},
              {.colour = stroke.colour, .width = 3, .dashes = stroke.dashes});
  return x + 58 + canvas.Text({x + 58, y}, word, Style(kSmall, kQuiet)) + 44;
}

/// A ruler of 5 cm that ends at `right`.
void DrawRuler(Canvas& canvas, double right, double y, double pixels_per_mm) {
  const Stroke stroke{.colour = kQuiet, .width = 2, .dashes = {}};
  const double text =
      canvas.Text({right, y}, "5 cm", Style(kSmall, kQuiet, Weight::kRegular, Align::kRight));
  const double end = right - text - 16, begin = end - 50 * pixels_per_mm;
  canvas.Line({begin, y - 8}, {end, y - 8}, stroke);
  for (const double x : {begin, end}) canvas.Line({x, y - 17}, {x, y + 1}, stroke);
}

}  // namespace

Outlines MaskOutlines(const Mask& mask) {
  Outlines outlines;
  if (mask.empty()) return outlines;
  // Twice as fine, so that the border is not one of pixels.
  const Mask fine = ResizeMask(mask, mask.size() * 2);
  std::vector<std::vector<cv::Point>> contours;
  cv::findContours(fine, contours, cv::RETR_CCOMP, cv::CHAIN_APPROX_NONE);
  constexpr int kReach = 3;  // each point becomes the mean of its neighbours this far
  for (const auto& contour : contours) {
    const int n = static_cast<int>(contour.size());
    if (n < 16) continue;  // a speck of a few pixels
    std::vector<cv::Point2d> smooth;
    for (int i = 0; i < n; i += 2) {
      cv::Point2d sum;
      for (int j = -kReach; j <= kReach; ++j) {
        sum += cv::Point2d(contour[static_cast<std::size_t>((i + j + n) % n)]);
      }
      smooth.push_back(sum * (0.5 / (2 * kReach + 1)) + cv::Point2d(0.25, 0.25));
    }
    outlines.push_back(std::move(smooth));
  }
  return outlines;
}

void DrawViews(Canvas& canvas, const cv::Rect2d& area, const ExamResults& exam) {
  std::vector<Row> rows = LayOutPlaces(exam);
  if (rows.empty()) return;
  const double middle = area.x + area.width / 2;
  const double width = area.width / 2 - kMiddleGap / 2 - kLabelWidth;
  const Scale scale = Arrange(rows, width, area.height - kLegendHeight);
  double y = area.y;
  bool drawn = false, outlined = false;
  for (const auto& row : rows) {
    for (const auto& place : row.places) {
      const double x = place.right ? middle - kMiddleGap / 2 - width : middle + kMiddleGap / 2;
      DrawPlace(canvas, place, {x, y, width, row.height}, scale);
      drawn = drawn || place.drawn();
      outlined = outlined || !place.picture.breast.empty();
    }
    y += row.height + kRowGap;
  }
  const double base = area.y + area.height - 12;
  if (outlined) {
    double x = LegendEntry(canvas, area.x, base, "dense tissue", kDenseStroke);
    x = LegendEntry(canvas, x, base, "breast", kBreastStroke);
    LegendEntry(canvas, x, base, "pectoral muscle", kPectoralStroke);
  }
  if (scale.in_mm && drawn) DrawRuler(canvas, area.x + area.width, base, scale.factor);
}

}  // namespace mhcnn::page
