#pragma once

namespace mhcnn {

/// Red, green, blue and opacity, 0 to 1 (sRGB, not premultiplied).
struct Colour {
  /// Parts of the colour.
  double red = 0, green = 0, blue = 0, opacity = 1;

  /// Makes a colour of 0xRRGGBB.
  static constexpr Colour FromRgb(unsigned rgb, double opacity = 1) {
    return {((rgb >> 16) & 255) / 255.0, ((rgb >> 8) & 255) / 255.0, (rgb & 255) / 255.0, opacity};
  }
};

}  // namespace mhcnn
