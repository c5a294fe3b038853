#include "mhcnn/results/page_scale.h"

#include <algorithm>
#include <string>

#include "mhcnn/results/page_style.h"

namespace mhcnn::page {
namespace {

constexpr double kHeadHeight = 56, kTallestRow = 50, kLowestRow = 34;
// From the left edge to the scale; from the right edge to where each column of figures ends.
constexpr double kLabel = 212, kBreast = 0, kDense = 148, kCategory = 300, kInterval = 372,
                 kPercent = 584, kScale = 724;

struct Columns {
  double left, scale_begin, scale_end, percent, interval, category, dense, breast;
};

Columns LayOutColumns(const cv::Rect2d& area) {
  const double right = area.x + area.width;
  return {area.x,           area.x + kLabel,   right - kScale,
          right - kPercent, right - kInterval, right - kCategory,
          right - kDense,   right - kBreast};
}

double At(const Columns& columns, double percent) {
  return columns.scale_begin +
         (columns.scale_end - columns.scale_begin) * std::clamp(percent, 0.0, 100.0) / 100;
}

void DrawRow(Canvas& canvas, const Columns& columns, double y, double text_size,
             const ScaleRow& row) {
  const bool image = row.kind == ScaleRow::Kind::kImage, exam = row.kind == ScaleRow::Kind::kExam;
  const Colour colour = image ? kQuiet : kText;
  const Weight weight = image ? Weight::kRegular : Weight::kSemiBold;
  const double base = y + text_size * 0.36;
  const auto text = [&](double x, const std::string& words, const Colour& c, Weight w, Align a) {
    canvas.Text({x, base}, words, Style(text_size, c, w, a));
  };
  text(columns.left, FitText(row.label, Style(text_size, colour, weight), kLabel - 12), colour,
       weight, Align::kLeft);
  if (!row.percent) {
    text(columns.scale_begin, row.problem, kFaint, Weight::kRegular, Align::kLeft);
    return;
  }
  canvas.Line({columns.scale_begin, y}, {columns.scale_end, y},
              {.colour = kLine, .width = 2, .dashes = {}});
  const Colour mark = exam ? kAccent : colour;
  const double thickness = exam ? 12 : image ? 6 : 8;
  if (row.low && row.high) {
    Colour band = mark;
    band.opacity = 0.55;
    const double from = At(columns, *row.low), to = At(columns, *row.high);
    canvas.Fill({from, y - thickness / 2, std::max(2.0, to - from), thickness}, band,
                thickness / 2);
  }
  canvas.Disc({At(columns, *row.percent), y}, exam ? 13 : image ? 8 : 10, kBlack);
  canvas.Disc({At(columns, *row.percent), y}, exam ? 11 : image ? 6 : 8, mark);
  text(columns.percent, row.percent_text, colour, weight, Align::kRight);
  text(columns.interval, row.interval_text, colour, Weight::kRegular, Align::kRight);
  text(columns.category, row.category_text, colour, weight, Align::kRight);
  text(columns.dense, row.dense_text, colour, Weight::kRegular, Align::kRight);
  text(columns.breast, row.breast_text, colour, Weight::kRegular, Align::kRight);
}

}  // namespace

void DrawScale(Canvas& canvas, const cv::Rect2d& area, const std::vector<ScaleRow>& rows) {
  const Columns columns = LayOutColumns(area);
  // What does not fit is left out from the images, not from breasts and exam.
  const auto most = static_cast<std::size_t>((area.height - kHeadHeight) / kLowestRow);
  std::vector<ScaleRow> shown = rows;
  for (std::size_t i = shown.size(); shown.size() > most && i-- > 0;) {
    if (shown[i].kind == ScaleRow::Kind::kImage)
      shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(i));
  }
  const double step =
      std::min(kTallestRow, (area.height - kHeadHeight) / static_cast<double>(shown.size()));
  const double text_size = std::min(kBody - 2, step * 0.66);

  const double head = area.y + kSmall;
  const auto heading = [&](double x, const std::string& words, Align align) {
    canvas.Text({x, head}, words, Style(kSmall, kFaint, Weight::kRegular, align));
  };
  for (const int tick : {0, 25, 50, 75, 100}) {
    const double x = At(columns, tick);
    heading(x, std::to_string(tick), Align::kCentre);
    canvas.Line({x, area.y + kHeadHeight - 14},
                {x, area.y + kHeadHeight + step * static_cast<double>(shown.size()) - step / 4},
                {.colour = kLine, .width = 1, .dashes = {}});
  }
  const auto any = [&](std::string ScaleRow::*text) {
    return std::ranges::any_of(shown, [&](const ScaleRow& row) { return !(row.*text).empty(); });
  };
  heading(columns.percent, "percent", Align::kRight);
  if (any(&ScaleRow::interval_text)) heading(columns.interval, "interval", Align::kRight);
  if (any(&ScaleRow::category_text)) heading(columns.category, "cat.", Align::kRight);
  if (any(&ScaleRow::dense_text)) {
    heading(columns.dense, "dense cm²", Align::kRight);
    heading(columns.breast, "breast cm²", Align::kRight);
  }
  double y = area.y + kHeadHeight + step / 2;
  for (const auto& row : shown) {
    DrawRow(canvas, columns, y, text_size, row);
    y += step;
  }
}

}  // namespace mhcnn::page
