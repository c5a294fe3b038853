#include "mhcnn/preprocess/frame.h"

#include <algorithm>
#include <cmath>

#include "mhcnn/image/quantile.h"

namespace mhcnn {
namespace {

constexpr int kBlur = 4;        // lines that a strip's blurred inner edge takes
constexpr double kSame = 0.05;  // grey values this near are one value
constexpr double kStep = 0.03;  // between a strip and what lies within
constexpr double kWhite = 0.9;

template <typename Predicate>
double Fraction(const cv::Mat1f& line, Predicate inside) {
  return static_cast<double>(std::count_if(line.begin(), line.end(), inside)) /
         static_cast<double>(line.total());
}

/// Lines of a strip at the start of `line(0)`, `line(1)`, ... out of `count`.
template <typename Line>
int StripLines(const Line& line, int count) {
  const int most = count / 6;
  // Handwriting and film numbers on a white border leave most of each line white.
  int white = 0;
  while (white < most && Fraction(line(white), [](float v) { return v >= kWhite; }) > 0.9) ++white;
  // What goes on for longer is the background, here of a negative.
  if (white > 0) return white < most ? white + kBlur : 0;

  const double value = Quantile(line(0), 0.5);
  const auto is_same = [&](float v) { return std::abs(v - value) <= kSame; };
  int same = 0;
  while (same < most && Fraction(line(same), is_same) > 0.97) ++same;
  if (same == 0 || same == most) return 0;
  return std::abs(Quantile(line(same + kBlur), 0.5) - value) > kStep ? same + kBlur : 0;
}

}  // namespace

cv::Rect FindExposedFrame(const cv::Mat1f& unit) {
  cv::Rect frame({}, unit.size());
  // Borders lie within borders: the scanner's bed around the film's own.
  for (int round = 0; round < 3; ++round) {
    const cv::Mat1f view = unit(frame);
    const int rows = view.rows, columns = view.cols;
    if (std::min(rows, columns) < 8 * kBlur) break;
    const int top = StripLines([&](int i) { return cv::Mat1f(view.row(i)); }, rows),
              bottom = StripLines([&](int i) { return cv::Mat1f(view.row(rows - 1 - i)); }, rows),
              left = StripLines([&](int i) { return cv::Mat1f(view.col(i)); }, columns),
              right =
                  StripLines([&](int i) { return cv::Mat1f(view.col(columns - 1 - i)); }, columns);
    if (top + bottom + left + right == 0) break;
    frame = {frame.x + left, frame.y + top, columns - left - right, rows - top - bottom};
  }
  return frame;
}

}  // namespace mhcnn
