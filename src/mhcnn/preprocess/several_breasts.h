#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// What speaks for breasts beside each other (or, of the turned picture, below each other).
struct BesideEvidence {
  /// Area of the largest part beside the breast / that of the breast, where the two are parted by a
  /// straight line along the picture's sides. Labels, which fill a rectangle, do not count.
  double second_area = 0;
  double second_thickness = 0;  ///< the same of the radius of their largest inner circle
  /// Step along the strongest straight line through the breast from edge to edge / steps beside it:
  /// two pictures that were set side by side.
  double seam = 0;
  double mirror = 0;  ///< correlation of the fine texture with its mirror image
  /// How far the breast is pinched along a straight line: width there / that of the narrower of its
  /// two parts, each of a quarter of it and more. 1 where it is not.
  double neck = 1;
  double aspect = 0;  ///< length of the picture along the direction in which they lie / across it

  /// Returns whether the evidence is enough for several breasts in this direction.
  bool Found() const;
};

/// What speaks for several breasts in one picture.
struct SeveralBreastsEvidence {
  /// Evidence along the rows, and along the columns.
  BesideEvidence beside, below;
  int parts = 0;          ///< parts of a breast's size, parted by straight lines
  bool opposite = false;  ///< one of them reaches the side opposite to the breast's chest wall

  /// Two pictures set side by side are wide: without that, it takes evidence in both directions (a
  /// sheet of four views).
  bool Several() const;
};

/// `sharp` is the picture, `parts` the bright things in it by number (0 the background), `breast`
/// the number of the one taken as the breast; all of one size.
SeveralBreastsEvidence SeekSeveralBreasts(const cv::Mat1f& sharp, const cv::Mat1i& parts,
                                          int breast);

}  // namespace mhcnn
