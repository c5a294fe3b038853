#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// One of the eight ways a picture can lie: transposed first, then mirrored. Applying it brings a
/// picture into the one way the network sees all breasts: chest wall on the left, axilla on top.
struct Orientation {
  /// Whether rows become columns; then whether left and right, or top and bottom, change places.
  bool transposed = false, mirrored_x = false, mirrored_y = false;

  /// Compares all three fields.
  bool operator==(const Orientation&) const = default;
  /// Returns the size of an oriented picture.
  cv::Size Apply(cv::Size size) const;
  /// Returns an oriented picture of any type; a copy only where something changes.
  cv::Mat Apply(const cv::Mat& picture) const;
  /// Returns the picture from which Apply made `oriented`.
  cv::Mat Undo(const cv::Mat& oriented) const;
};

/// Finds how the breast lies in a picture, from the picture alone and by symmetric rules: a picture
/// mirrored or turned by quarters gets the orientation that leads to the same oriented picture
/// (except where it is its own mirror image).
///
/// - Chest wall: the side along which the region fills most of its box, long boxes preferred.
/// - Top: the end of the chest wall with the brighter corner (the pectoral muscle of an MLO view)
///   and where tissue runs out of the frame (the axilla). In a CC view, which has neither, the
///   choice is arbitrary but the same for the picture and its mirror images.
///
/// `unit` is the picture, `region` the breast in it, `frame` the exposed part.
Orientation FindOrientation(const cv::Mat1f& unit, const Mask& region, const cv::Rect& frame);

}  // namespace mhcnn
