#include "mhcnn/stats/distance_transform.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

constexpr int kNone = std::numeric_limits<int>::max();

/// Rows to the nearest non-zero pixel of the same column; kNone in columns without one.
cv::Mat1i RowsToNearest(const cv::Mat1b& set) {
  cv::Mat1i rows(set.size());
  for (int y = 0; y < set.rows; ++y) {
    for (int x = 0; x < set.cols; ++x) {
      const int above = y > 0 ? rows(y - 1, x) : kNone;
      rows(y, x) = set(y, x) ? 0 : above == kNone ? kNone : above + 1;
    }
  }
  for (int y = set.rows - 2; y >= 0; --y) {
    for (int x = 0; x < set.cols; ++x) {
      const int below = rows(y + 1, x);
      if (below != kNone) rows(y, x) = std::min(rows(y, x), below + 1);
    }
  }
  return rows;
}

/// The lower envelope of the parabolas height[x] + (column (p - x))^2 of one row.
class Envelope {
 public:
  Envelope(int columns, double spacing) : spacing_(spacing) {
    apex_.reserve(static_cast<std::size_t>(columns));
    height_.reserve(apex_.capacity());
    start_.reserve(apex_.capacity());
  }

  void Clear() {
    apex_.clear();
    height_.clear();
    start_.clear();
  }

  /// Adds the parabola of column x, which lies right of all before it.
  void Add(int x, double height) {
    double start = -std::numeric_limits<double>::infinity();
    while (!apex_.empty()) {
      start = Crossing(apex_.back(), height_.back(), x, height);
      if (start > start_.back()) break;
      apex_.pop_back();
      height_.pop_back();
      start_.pop_back();
      start = -std::numeric_limits<double>::infinity();
    }
    apex_.push_back(x);
    height_.push_back(height);
    start_.push_back(start);
  }

  /// Writes the distances of a row.
  void Distances(double* row, int columns) const {
    std::size_t k = 0;
    for (int x = 0; x < columns; ++x) {
      if (apex_.empty()) {
        row[x] = std::numeric_limits<double>::infinity();
        continue;
      }
      while (k + 1 < apex_.size() && start_[k + 1] < x) ++k;
      const double across = spacing_ * (x - apex_[k]);
      row[x] = std::sqrt(height_[k] + across * across);
    }
  }

 private:
  /// Returns where the parabola of column b becomes the lower one; a < b.
  double Crossing(int a, double height_a, int b, double height_b) const {
    return (height_b - height_a) / (2 * spacing_ * spacing_ * (b - a)) + 0.5 * (a + b);
  }

  double spacing_;
  std::vector<int> apex_;
  std::vector<double> height_, start_;
};

}  // namespace

cv::Mat1d EuclideanDistance(const cv::Mat1b& set, PixelSpacing spacing) {
  const auto usable = [](double value) { return std::isfinite(value) && value > 0; };
  if (!usable(spacing.row) || !usable(spacing.column)) {
    throw Error(ErrorCode::kUsage, "a pixel spacing must be above 0");
  }
  const cv::Mat1i rows = RowsToNearest(set);
  cv::Mat1d distance(set.size());
  Envelope envelope(set.cols, spacing.column);
  for (int y = 0; y < set.rows; ++y) {
    envelope.Clear();
    for (int x = 0; x < set.cols; ++x) {
      if (rows(y, x) == kNone) continue;
      const double down = spacing.row * rows(y, x);
      envelope.Add(x, down * down);
    }
    envelope.Distances(distance[y], set.cols);
  }
  return distance;
}

}  // namespace mhcnn
