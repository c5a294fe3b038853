#pragma once

#include "mhcnn/draw/canvas.h"

namespace mhcnn::page {

// Black, as mammograms hang; four greys and one accent. The accent is the dense tissue: its
// outline, its scale, its category.
inline constexpr Colour kBlack = Colour::FromRgb(0x000000), kText = Colour::FromRgb(0xF2F2F2),
                        kQuiet = Colour::FromRgb(0xB0B0B0), kFaint = Colour::FromRgb(0x7C7C7C),
                        kLine = Colour::FromRgb(0x333333), kAccent = Colour::FromRgb(0xF5B83D);

// One grid: margins left and right, and a gap between the columns.
inline constexpr double kMargin = 88, kGap = 64;

// One scale of type.
inline constexpr double kSmall = 25, kBody = 30, kLarge = 44, kFigure = 112, kLetter = 268;

inline TextStyle Style(double size, const Colour& colour = kText, Weight weight = Weight::kRegular,
                       Align align = Align::kLeft) {
  return {size, weight, colour, align};
}

}  // namespace mhcnn::page
