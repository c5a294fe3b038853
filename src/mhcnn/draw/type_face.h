#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/draw/colour.h"

namespace mhcnn {

/// Weights of the one family that the program carries (Inter).
enum class Weight { kRegular, kMedium, kSemiBold };
/// Points of a text that can lie at its position.
enum class Align { kLeft, kCentre, kRight };

/// Style of a text.
struct TextStyle {
  double size = 24;  ///< pixels of the em square
  /// Weight of the letters.
  Weight weight = Weight::kRegular;
  /// Colour of the letters.
  Colour colour = {1, 1, 1};
  /// Point of the text that lies at its position.
  Align align = Align::kLeft;
};

/// One step of a glyph's outline, in pixels from the text's start on the base line; y goes down.
struct OutlineStep {
  /// Kinds of steps.
  enum class Kind { kMove, kLine, kCurve, kClose };
  /// Kind of this step.
  Kind kind = Kind::kMove;
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;  ///< control points of a curve
  /// End of the step.
  double x = 0, y = 0;
};

/// A line of text as outlines.
struct SetText {
  /// Outlines of all glyphs.
  std::vector<OutlineStep> outline;
  double width = 0;  ///< pixels
};

/// Sets one line of UTF-8 text with kerning and figures of equal width. Characters that the family
/// does not have are drawn as empty boxes; it has Latin, Greek and Cyrillic letters.
SetText SetLine(std::string_view text, double size, Weight weight);
/// Returns the width of a line of text in pixels.
double TextWidth(std::string_view text, const TextStyle& style);

/// Breaks text at blanks into lines of at most `width` pixels; a longer word is broken too.
std::vector<std::string> WrapText(const std::string& text, const TextStyle& style, double width);
/// Returns the text, or its beginning and "…" where it is wider than `width` pixels.
std::string FitText(const std::string& text, const TextStyle& style, double width);

}  // namespace mhcnn
