#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Sides of a picture, in the order of ConstantBorder::bands.
enum Side { kTop, kBottom, kLeft, kRight };

/// Lines of one grey value along a whole side of a picture.
struct ConstantBand {
  int lines = 0;     ///< 0: none, or of less than 4 % of the side
  double value = 0;  ///< grey value of the lines
  /// Places along the band's inner end (pixels from the left or the top of `inner`) where the grey
  /// value steps sharply: the picture is cut there, or a label ends. A breast's own edge is soft
  /// and curved. Of a band that is off: where something brighter than the background touches it.
  std::vector<int> steps;
};

/// What stands along the sides of a picture and is no part of it, found on its own pixels.
struct ConstantBorder {
  /// The picture without the frame around it and without bands of a value that is not its
  /// background's: codecs fill what they cannot decode with grey, programs pad with white.
  cv::Rect inner;
  bool frame =
      false;  ///< a frame or a surround (lines of one value around the picture) was removed
  std::array<ConstantBand, 4> bands;   ///< bands of the background's value; still within `inner`
  std::array<ConstantBand, 4> filled;  ///< bands of other values; removed
  cv::Size size;                       ///< size of the picture
};

/// Frames are at most 6 % of a side wide each; up to four stand within each other. A surround (a
/// letterbox, a scanner's white bed) is wider: bands of one value that is not black, with straight,
/// sharp ends along two sides or more. Other bands that are a
/// plain background (a soft edge, or only one side's end) stay. A picture without any of these
/// keeps all its pixels.
ConstantBorder FindConstantBorder(const GreyImage& picture);

}  // namespace mhcnn
