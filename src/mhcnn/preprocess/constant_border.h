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
  int lines = 0;     ///< number of lines; 0: none, or less than 4 % of the side
  double value = 0;  ///< grey value of the lines
  /// Places along the band's inner end (pixels from the left or the top of `inner`) where the grey
  /// value steps sharply: the picture is cut there, or a label ends. A breast's own edge is soft
  /// and curved. Of a removed band: places where something brighter than the background touches it.
  std::vector<int> steps;
};

/// Lines along the sides of a picture that are not part of it, found from its own pixels.
struct ConstantBorder {
  /// The picture without the frame around it and without bands of a value that is not its
  /// background's: codecs fill what they cannot decode with grey, programs pad with white.
  cv::Rect inner;
  /// Whether a frame or a surround (lines of one value around the picture) was removed.
  bool frame = false;
  std::array<ConstantBand, 4> bands;   ///< bands of the background's value; still within `inner`
  std::array<ConstantBand, 4> filled;  ///< bands of other values; removed
  cv::Size size;                       ///< size of the picture
};

/// Finds frames, surrounds and bands. A frame is at most 6 % of a side wide; up to four are nested.
/// A surround (a letterbox, a scanner's white bed) is wider: bands of one value that is not black,
/// with straight, sharp ends along two sides or more. Other bands that are a plain background (a
/// soft edge, or only one side's end) are kept. A picture without any of these keeps all its
/// pixels.
ConstantBorder FindConstantBorder(const GreyImage& picture);

}  // namespace mhcnn
