#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Evidence for breasts beside each other (or, of the turned picture, below each other).
struct BesideEvidence {
  /// Area of the largest part beside the breast / that of the breast, where the two are separated
  /// by a straight line along the picture's sides. Labels, which fill a rectangle, do not count.
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
  /// Fraction of the breast's lines in this direction that end at one straight line, on the side
  /// that has more of them. A chest wall is straight, the outline of the skin is bowed.
  double straight = 1;
  /// Mean step along the strongest straight line through the middle of the breast / median of the
  /// means beside it. A thin line counts, other than for `seam`.
  double joint = 0;
  double joint_fraction = 0;  ///< fraction of that line's length along which the grey value steps

  /// Returns whether the evidence is enough for several breasts in this direction.
  bool Found() const;
};

/// Evidence for several breasts in one picture.
struct SeveralBreastsEvidence {
  /// Evidence along the rows, and along the columns.
  BesideEvidence beside, below;
  int parts = 0;          ///< parts of a breast's size, separated by straight lines
  bool opposite = false;  ///< whether one reaches the side opposite to the chest wall

  /// Returns whether there are several. Two pictures side by side are wide: one that is not needs
  /// evidence in both directions (a sheet of four views), breasts back to back, or a sure sign.
  bool Several() const;

  /// Returns whether no side is a chest wall and a straight line goes through the middle: two
  /// breasts whose chest walls touch, or a sheet of such pairs.
  bool BackToBack() const;
};

/// Finds the evidence. `sharp` is the picture, `parts` the bright things in it by number (0 the
/// background), `breast` the number of the one taken as the breast; all of one size.
SeveralBreastsEvidence FindSeveralBreasts(const cv::Mat1f& sharp, const cv::Mat1i& parts,
                                          int breast);

}  // namespace mhcnn
