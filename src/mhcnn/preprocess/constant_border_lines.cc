#include "mhcnn/preprocess/constant_border_lines.h"

#include <algorithm>
#include <cmath>

namespace mhcnn {
namespace {

/// Columns that are turned at once: of most pictures only a few columns are asked for.
constexpr int kColumns = 32;

}  // namespace

BorderLines::BorderLines(const GreyImage& picture)
    : rows_(picture),
      columns_(static_cast<std::size_t>((picture.cols + kColumns - 1) / kColumns)),
      inner_({}, picture.size()) {}

const std::uint16_t* BorderLines::Column(int x) const {
  cv::Mat1w& block = columns_[static_cast<std::size_t>(x / kColumns)];
  const int first = x / kColumns * kColumns;
  if (block.empty()) block = rows_.colRange(first, std::min(first + kColumns, rows_.cols)).t();
  return block[x - first];
}

const std::uint16_t* BorderLines::Line(int side, int i) const {
  switch (side) {
    case kTop:
      return rows_[inner_.y + i] + inner_.x;
    case kBottom:
      return rows_[inner_.br().y - 1 - i] + inner_.x;
    case kLeft:
      return Column(inner_.x + i) + inner_.y;
    default:
      return Column(inner_.br().x - 1 - i) + inner_.y;
  }
}

double BorderLines::Median(int side, int i) const {
  std::vector<std::uint16_t> values(Line(side, i), Line(side, i) + Length(side));
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool BorderLines::Constant(int side, int i, double value, double tolerance,
                           double exceptions) const {
  const auto* line = Line(side, i);
  int left = static_cast<int>(exceptions * Length(side));
  for (int k = 0; k < Length(side); ++k) {
    if (std::abs(line[k] - value) > tolerance && --left < 0) return false;
  }
  return true;
}

double BorderLines::FractionNear(int side, int i, double value, double tolerance) const {
  const auto* line = Line(side, i);
  const auto near = std::count_if(
      line, line + Length(side), [&](std::uint16_t v) { return std::abs(v - value) <= tolerance; });
  return static_cast<double>(near) / Length(side);
}

}  // namespace mhcnn
