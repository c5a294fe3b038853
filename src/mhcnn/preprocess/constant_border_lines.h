#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/image/mammogram.h"
#include "mhcnn/preprocess/constant_border.h"

namespace mhcnn {

/// The lines of a part of a picture, counted from each of its sides (Side).
class BorderLines {
 public:
  /// Refers to the pixels of `picture`; the part is the whole of it.
  explicit BorderLines(const GreyImage& picture);

  /// Sets the part whose lines are counted.
  void Restrict(const cv::Rect& inner) { inner_ = inner; }
  /// Returns that part.
  const cv::Rect& inner() const { return inner_; }
  /// Returns the number of lines counted from a side.
  int Count(int side) const { return side <= kBottom ? inner_.height : inner_.width; }
  /// Returns the number of pixels of each line.
  int Length(int side) const { return side <= kBottom ? inner_.width : inner_.height; }
  /// Returns the pixels of a line, from the left or the top.
  const std::uint16_t* Line(int side, int i) const;
  /// Returns the median grey value of a line.
  double Median(int side, int i) const;
  /// Returns whether all but the fraction `exceptions` of a line is within `tolerance` of a value.
  bool Constant(int side, int i, double value, double tolerance, double exceptions) const;
  /// Returns the fraction of a line's pixels within `tolerance` of a value.
  double FractionNear(int side, int i, double value, double tolerance) const;

 private:
  const std::uint16_t* Column(int x) const;

  cv::Mat1w rows_;
  mutable std::vector<cv::Mat1w> columns_;  ///< blocks of columns as rows
  cv::Rect inner_;
};

}  // namespace mhcnn
