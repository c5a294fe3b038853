#include "mhcnn/results/summary_page.h"

#include <algorithm>
#include <string>

#include "mhcnn/draw/canvas.h"
#include "mhcnn/results/page_scale.h"
#include "mhcnn/results/page_style.h"
#include "mhcnn/results/page_views.h"

namespace mhcnn {
namespace {

using namespace page;

// Upper edges of the parts, from the top of the page.
constexpr double kHead = 84, kSummary = 204, kViews = 560, kFigures = 1976, kFoot = 2452;
constexpr double kContent = kPageWidth - 2 * kMargin;
constexpr double kRight = kPageWidth - kMargin;
constexpr double kRemarks = 512;      // width of the right column
constexpr double kPercentLeft = 856;  // left edge of the middle column

void DrawHead(Canvas& canvas, const PageText& text) {
  canvas.Text({kMargin, kHead + 40}, text.title, Style(kLarge, kText, Weight::kSemiBold));
  canvas.Text({kRight, kHead + 40}, text.subtitle,
              Style(kBody, kQuiet, Weight::kRegular, Align::kRight));
  canvas.Line({kMargin, kHead + 76}, {kRight, kHead + 76},
              {.colour = kLine, .width = 2, .dashes = {}});
}

void DrawHeading(Canvas& canvas, double x, const std::string& words) {
  canvas.Text({x, kSummary + kSmall}, words, Style(kSmall, kFaint));
}

/// The letter, its words, and whether the breasts count as dense.
void DrawCategory(Canvas& canvas, double x, double width, const PageText& text) {
  DrawHeading(canvas, x, "BI-RADS density category (5th edition)");
  if (text.category.empty()) {
    canvas.Text({x, kSummary + 150}, "No category", Style(kLarge, kQuiet));
    return;
  }
  const double letter =
      canvas.Text({x - 8, kSummary + 252}, text.category, Style(kLetter, kText, Weight::kSemiBold));
  const double column = x + std::max(letter, 150.0) + 28;
  const double column_width = x + width - column;
  double y = kSummary + 104;
  for (const auto& line :
       WrapText(text.category_words, Style(kLarge, kText, Weight::kMedium), column_width)) {
    canvas.Text({column, y}, line, Style(kLarge, kText, Weight::kMedium));
    y += 52;
  }
  const bool dense = text.density == "Dense";
  const TextStyle label = Style(kBody, dense ? kBlack : kText, Weight::kSemiBold);
  const cv::Rect2d pill(column, y - 28, TextWidth(text.density, label) + 48, 54);
  if (dense) {
    canvas.Fill(pill, kAccent, 27);
  } else {
    canvas.Frame(pill, {.colour = kQuiet, .width = 2, .dashes = {}}, 27);
  }
  canvas.Text({pill.x + 24, pill.y + 38}, text.density, label);
  y += 66;
  for (const auto& line : WrapText(text.category_basis, Style(kSmall), column_width)) {
    canvas.Text({column, y}, line, Style(kSmall, kQuiet));
    y += 33;
  }
}

void DrawPercent(Canvas& canvas, double x, const PageText& text) {
  DrawHeading(canvas, x, "Percent density of the exam");
  if (text.percent.empty()) {
    canvas.Text({x, kSummary + 150}, "No percent", Style(kLarge, kQuiet));
    return;
  }
  const double width =
      canvas.Text({x - 5, kSummary + 152}, text.percent, Style(kFigure, kText, Weight::kSemiBold));
  canvas.Text({x + width + 12, kSummary + 152}, "%", Style(kLarge, kQuiet));
  canvas.Text({x, kSummary + 206}, text.interval.empty() ? "no interval" : text.interval,
              Style(kSmall, kQuiet));
}

void DrawProbabilities(Canvas& canvas, double x, double width, const PageText& text) {
  DrawHeading(canvas, x,
              text.reader.empty() ? "Probability of each category"
                                  : "Probability of each category (model)");
  if (text.model_category.empty()) return;
  double y = kSummary + 88;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string letter(1, static_cast<char>('a' + i));
    const bool chosen = letter == text.model_category;
    const Colour colour = chosen ? kText : kQuiet;
    const Weight weight = chosen ? Weight::kSemiBold : Weight::kRegular;
    canvas.Text({x, y}, letter, Style(kBody, colour, weight));
    canvas.Text({x + width, y}, text.probability_texts[i],
                Style(kBody, colour, weight, Align::kRight));
    const cv::Rect2d track(x + 40, y - 17, width - 40 - 128, 12);
    canvas.Fill(track, kLine, 6);
    const double length = track.width * std::clamp(text.probabilities[i], 0.0, 1.0);
    if (length > 0)
      canvas.Fill({track.x, track.y, std::max(12.0, length), track.height},
                  chosen ? kAccent : kFaint, 6);
    y += 50;
  }
}

void DrawRemarks(Canvas& canvas, const cv::Rect2d& area, const std::vector<std::string>& remarks) {
  canvas.Text({area.x, area.y + kSmall}, "Remarks", Style(kSmall, kFaint));
  const double step = 34;
  double y = area.y + 84;
  const double last = area.y + area.height;
  if (remarks.empty()) {
    canvas.Text({area.x, y}, "None.", Style(kSmall, kQuiet));
    return;
  }
  for (std::size_t i = 0; i < remarks.size(); ++i) {
    const auto lines = WrapText(remarks[i], Style(kSmall), area.width);
    const bool more = i + 1 < remarks.size();
    const double needed = step * static_cast<double>(lines.size() + (more ? 1 : 0));
    if (y + needed - step > last) {
      canvas.Text({area.x, y}, std::to_string(remarks.size() - i) + " more: see the other results.",
                  Style(kSmall, kQuiet));
      return;
    }
    for (const auto& line : lines) {
      canvas.Text({area.x, y}, line, Style(kSmall, kText));
      y += step;
    }
    y += 10;
  }
}

void DrawFoot(Canvas& canvas, const PageText& text) {
  canvas.Line({kMargin, kFoot - 36}, {kRight, kFoot - 36},
              {.colour = kLine, .width = 2, .dashes = {}});
  const double notice =
      canvas.Text({kMargin, kFoot + 14}, text.notice, Style(kBody, kText, Weight::kSemiBold));
  const TextStyle style = Style(kSmall, kQuiet, Weight::kRegular, Align::kRight);
  canvas.Text({kRight, kFoot + 12}, FitText(text.model, style, kContent - notice - kGap), style);
  canvas.Text({kRight, kFoot + 46}, text.program, style);
}

}  // namespace

cv::Mat3b DrawSummaryPage(const ExamResults& exam, const PageText& text) {
  Canvas canvas({kPageWidth, kPageHeight}, kBlack);
  DrawHead(canvas, text);
  DrawCategory(canvas, kMargin, kPercentLeft - kMargin - kGap, text);
  DrawPercent(canvas, kPercentLeft, text);
  DrawProbabilities(canvas, kRight - kRemarks, kRemarks, text);
  DrawViews(canvas, {kMargin, kViews, kContent, kFigures - kViews - 44}, exam);
  canvas.Line({kMargin, kFigures - 28}, {kRight, kFigures - 28},
              {.colour = kLine, .width = 2, .dashes = {}});
  const double height = kFoot - 60 - kFigures;
  DrawScale(canvas, {kMargin, kFigures + 12, kContent - kRemarks - kGap, height}, text.rows);
  auto remarks = text.remarks;
  if (!text.reader_remark.empty()) remarks.insert(remarks.begin(), text.reader_remark);
  DrawRemarks(canvas, {kRight - kRemarks, kFigures + 12, kRemarks, height}, remarks);
  DrawFoot(canvas, text);
  return canvas.Pixels();
}

}  // namespace mhcnn
