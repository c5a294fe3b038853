#include "mhcnn/preprocess/constant_border.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "mhcnn/preprocess/constant_border_lines.h"

namespace mhcnn {
namespace {

constexpr double kSame = 0.02;         // of the grey range: such values are one value
constexpr double kExceptions = 0.005;  // of a constant line's pixels may differ
constexpr double kFrameWidth = 0.06;   // of the longer side, at most
constexpr double kBandWidth = 0.04;    // of the side, at least
constexpr double kStep = 0.08;         // of the grey range, at a band's end
constexpr double kSharp = 0.6;         // fraction of the rise over 14 lines that two lines take
constexpr double kFilled = 0.35;       // of a side, along which a band of another value ends
constexpr double kAlong = 0.2;         // of the other sides, that a background stands along
constexpr double kEvident = 0.7;       // of a side, along which a surround surely ends
constexpr double kCentred = 0.02;      // of the side: strips this near are of one width
constexpr double kWhite = 0.8;         // of the grey range: may be a negative's background
constexpr double kTissue = 0.12;       // of the grey range: brighter than most backgrounds
constexpr double kNoise = 0.05;        // of the grey range: a surround's values may differ
constexpr double kMarks = 0.1;         // of a surround's line: noise, writing
constexpr double kStraight = 0.6;      // of the pixels that step, in one line
constexpr double kDarkFilm = 0.25;     // of the grey range: brighter than most films' background
constexpr double kStillBlack = 0.2;    // of a line's pixels, beyond padding
constexpr int kEndLines = 20;          // beyond the first line that is not constant
constexpr int kRinging = 7;            // lines that a JPEG's block beside an edge spoils
constexpr int kSharpPicture = 200;     // pixels of a side, from which on edges are seen to be soft
constexpr int kSmallest = 64;          // pixels that must be left

/// Robust range of the grey values, on a sample of the pixels.
std::pair<double, double> GreyRange(const GreyImage& picture) {
  std::vector<std::uint16_t> values;
  const int step = std::max(1, static_cast<int>(std::sqrt(picture.total() / 2e5)));
  for (int y = 0; y < picture.rows; y += step) {
    for (int x = 0; x < picture.cols; x += step) values.push_back(picture(y, x));
  }
  const auto at = [&](double fraction) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(
                                            fraction * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return static_cast<double>(*place);
  };
  const double low = at(0.002);
  return {low, at(0.998)};
}

class Predictor {
 public:
  explicit Predictor(const GreyImage& picture) : picture_(picture), lines_(picture) {
    found_.size = picture.size();
    std::tie(low_, high_) = GreyRange(picture);
    range_ = high_ - low_;
    same_ = std::max(2.0, kSame * range_);
  }

  ConstantBorder Find() {
    if (range_ >= 8) {
      for (int round = 0; round < 4 && (RemoveFrame() || RemoveSurround()); ++round) {
        found_.frame = true;
      }
      RemovePadding();
      FindBands();
    }
    found_.inner = lines_.inner();
    return found_;
  }

 private:
  struct Strip {
    int lines = 0;
    double value = 0;
  };
  Strip StripAt(int side) const { return StripAt(side, same_, kExceptions); }
  Strip StripAt(int side, double tolerance, double exceptions) const {
    Strip strip{0, lines_.Median(side, 0)};
    while (strip.lines < lines_.Count(side) &&
           lines_.Constant(side, strip.lines, strip.value, tolerance, exceptions)) {
      ++strip.lines;
    }
    return strip;
  }

  /// The rectangle without so many lines at each side.
  cv::Rect Without(const std::array<int, 4>& by) const {
    const cv::Rect inner = lines_.inner();
    return {inner.x + by[kLeft], inner.y + by[kTop], inner.width - by[kLeft] - by[kRight],
            inner.height - by[kTop] - by[kBottom]};
  }

  /// Restricts the lines to it; does nothing where too little would be left.
  bool Shrink(const std::array<int, 4>& by) {
    const cv::Rect inner = Without(by);
    if (std::min(inner.width, inner.height) < kSmallest) return false;
    lines_.Restrict(inner);
    return true;
  }

  /// Takes one frame off: strips of one value at all four sides, at least three of them narrow,
  /// where something of the picture touches them.
  bool RemoveFrame() {
    std::array<Strip, 4> strips;
    int narrow = 0, widest = 0, thinnest = std::max(lines_.inner().width, lines_.inner().height);
    for (int side = 0; side < 4; ++side) {
      strips[side] = StripAt(side);
      if (strips[side].lines == 0) return false;
      if (std::abs(strips[side].value - strips[0].value) > 2 * same_) return false;
      const int longer = std::max(lines_.Count(side), lines_.Length(side));
      if (strips[side].lines > kFrameWidth * longer) continue;
      ++narrow;
      widest = std::max(widest, strips[side].lines);
      thinnest = std::min(thinnest, strips[side].lines);
    }
    if (narrow < 3) return false;
    const double value = strips[0].value;
    std::array<int, 4> by{};
    bool touched = false;
    // A black frame goes over into a dark background: it is as wide as where it does not.
    const int most = value <= low_ + 0.1 * range_ ? thinnest : widest;
    for (int side = 0; side < 4; ++side) {
      by[side] = std::min(strips[side].lines, most);
      if (strips[side].lines > by[side]) continue;
      // Some lines on, as a frame that was resampled or compressed ends softly.
      for (const int more : {0, 1, 3}) {
        const int within = std::min(by[side] + more, lines_.Count(side) - 1);
        touched = touched || lines_.FractionNear(side, within, value, 0.1 * range_) < 0.8;
      }
      by[side] += SoftLines(side, by[side], value);
    }
    return touched && Shrink(by);
  }

  /// Lines beyond a frame that still hold a part of its value: spoilt by a JPEG's ringing, or mixed
  /// with the picture by resampling.
  int SoftLines(int side, int from, double value) const {
    int more = 0;
    // Of black ones the dark background could not be told.
    while (value > low_ + 0.1 * range_ && more < kRinging && from + more < lines_.Count(side) &&
           lines_.FractionNear(side, from + more, value, kStep * range_) > 0.95) {
      ++more;
    }
    for (int mixed = 0; mixed < 2 && from + more + 2 < lines_.Count(side); ++mixed, ++more) {
      const auto* near = lines_.Line(side, from + more);
      const auto* far = lines_.Line(side, from + more + 2);
      double from_near = 0, from_far = 0;
      for (int k = 0; k < lines_.Length(side); ++k) {
        if (std::abs(far[k] - value) <= 0.1 * range_) continue;
        from_near += std::abs(near[k] - value);
        from_far += std::abs(far[k] - value);
      }
      if (from_near >= 0.85 * from_far) break;
    }
    return more;
  }

  /// Finds where a band ends most sharply: the pixels that step there, and the line.
  ConstantBand SharpEnd(int side, const Strip& strip, double tolerance) const {
    ConstantBand best{strip.lines, strip.value, {}};
    const int first = std::max(0, strip.lines - 2);
    const int last = std::min(first + kEndLines, lines_.Count(side) - 15);
    std::vector<char> stepped(static_cast<std::size_t>(lines_.Length(side)), 0);
    for (int i = first; i < last; ++i) {
      const auto *band = lines_.Line(side, i), *end = lines_.Line(side, i + 2),
                 *deep = lines_.Line(side, i + 14);
      std::vector<int> steps;
      for (int k = 0; k < lines_.Length(side); ++k) {
        const double step = std::abs(end[k] - band[k]), rise = std::abs(deep[k] - band[k]);
        if (step < kStep * range_ || step < kSharp * rise ||
            std::abs(band[k] - strip.value) > tolerance) {
          continue;
        }
        steps.push_back(k);
        stepped[static_cast<std::size_t>(k)] = 1;
      }
      if (steps.size() > best.steps.size()) best = {i + 2, strip.value, std::move(steps)};
    }
    // A curved edge goes on stepping in the next lines, at more and more of its pixels.
    const auto all = std::count(stepped.begin(), stepped.end(), 1);
    if (static_cast<double>(best.steps.size()) < kStraight * static_cast<double>(all)) {
      best.steps.clear();
    }
    return best;
  }

  /// Strips of the value of a surround, one at each side or none: not black, and of the value of
  /// the widest of them.
  std::array<Strip, 4> SurroundStrips() const {
    std::array<Strip, 4> strips;
    for (int side = 0; side < 4; ++side) {
      strips[side] = StripAt(side, kNoise * range_, kMarks);
      if (strips[side].value <= low_ + kDarkFilm * range_ ||
          strips[side].lines > lines_.Count(side) - kSmallest) {
        strips[side].lines = 0;
      }
    }
    const double value = std::ranges::max(strips, {}, &Strip::lines).value;
    for (Strip& strip : strips) {
      if (std::abs(strip.value - value) > 2 * same_) strip.lines = 0;
      strip.value = value;
    }
    return strips;
  }

  /// Fraction of a value's pixels along the sides where no lines come off, between those of the
  /// others.
  double ShareAlongRest(double value, const std::array<int, 4>& by) const {
    double near = 0, all = 0;
    for (int side = 0; side < 4; ++side) {
      if (by[side] > 0) continue;
      const int before = side <= kBottom ? kLeft : kTop;
      const auto* line = lines_.Line(side, 0);
      const int end = lines_.Length(side) - by[before + 1];
      for (int k = by[before]; k < end; ++k) {
        near += std::abs(line[k] - value) <= kNoise * range_;
        ++all;
      }
    }
    return all > 0 ? near / all : 0;
  }

  /// Ends of strips that tissue of the sheet's own value hides: the fourth of four, and the one
  /// opposite an end, where the picture is in the middle. In a negative that can be by chance: the
  /// sheet is not white there.
  void AddHiddenEnds(const std::array<Strip, 4>& strips, int sharp, std::array<int, 4>& by) const {
    const bool white = strips[0].value > low_ + kWhite * range_;
    for (int side = 0; side < 4; ++side) {
      if (by[side] > 0) continue;
      const int lines = strips[side].lines, opposite = by[side ^ 1];
      const bool centred =
          !white && opposite > 0 && std::abs(lines - opposite) <= kCentred * lines_.Count(side);
      if (sharp == 3 || centred) by[side] = lines;
    }
  }

  /// Takes off the sheet that a picture lies on: strips of one value that is not black, along two
  /// sides or more, which end straight and sharply where the picture begins. A letterbox and a
  /// scanner's white bed around a film are such. A breast's background is not: it ends at the
  /// breast's curved edge. Where it ends sharply along a part of two sides only, it may go on along
  /// the others.
  bool RemoveSurround() {
    if (std::min(picture_.rows, picture_.cols) < kSharpPicture) return false;
    const std::array<Strip, 4> strips = SurroundStrips();
    const cv::Rect within = Without(
        {strips[kTop].lines, strips[kBottom].lines, strips[kLeft].lines, strips[kRight].lines});
    if (std::min(within.width, within.height) < kSmallest) return false;
    int sharp = 0, evident = 0;
    std::array<int, 4> by{};
    for (int side = 0; side < 4; ++side) {
      if (strips[side].lines == 0) continue;
      const ConstantBand band = SharpEnd(side, strips[side], 2 * kNoise * range_);
      const double fraction =
          static_cast<double>(band.steps.size()) / (side <= kBottom ? within.width : within.height);
      if (fraction <= kFilled) continue;
      by[side] = band.lines;
      ++sharp;
      evident += fraction > kEvident;
    }
    AddHiddenEnds(strips, sharp, by);
    int wide = 0;
    for (int side = 0; side < 4; ++side) wide += by[side] >= kBandWidth * lines_.Count(side);
    const bool ends = evident >= 2 || ShareAlongRest(strips[0].value, by) <= kAlong;
    return wide >= 2 && ends && Shrink(by);
  }

  /// Returns whether a value is the background of the picture. Black always may be; another one
  /// is along the other sides, too.
  bool IsBackground(double value, int side, int lines) const {
    if (value <= low_ + 0.03 * range_) return true;
    double near = 0, all = 0;
    for (int other = 0; other < 4; ++other) {
      if (other == side) continue;
      // The pixels beside the band's own side belong to the band.
      const auto* line = lines_.Line(other, 0);
      const int length = lines_.Length(other), off = other == (side ^ 1) ? 0 : lines;
      const bool at_start = side == kTop || side == kLeft;
      for (int k = at_start ? off : 0; k < (at_start ? length : length - off); ++k) {
        near += std::abs(line[k] - value) <= same_;
        ++all;
      }
    }
    return near > kAlong * all;
  }

  /// Lines of black padding at a side: a black strip with a straight end, beyond which hardly a
  /// pixel is black.
  int PaddingLines(int side) const {
    const Strip strip = StripAt(side);
    const int beyond = strip.lines + 3;
    if (strip.lines < kBandWidth * lines_.Count(side) || strip.value > low_ + 0.03 * range_ ||
        beyond >= lines_.Count(side) - kSmallest ||
        lines_.FractionNear(side, beyond, strip.value, same_) > kStillBlack) {
      return 0;
    }
    return strip.lines + SoftLines(side, strip.lines, strip.value);
  }

  /// Fraction of black pixels along a side, between strips of so many lines at the sides beside it.
  double BlackAlong(int side, int from_start, int from_end) const {
    const auto* line = lines_.Line(side, std::min(1, lines_.Count(side) - 1));
    const int length = lines_.Length(side) - from_end;
    const auto black = std::count_if(line + from_start, line + length,
                                     [&](std::uint16_t v) { return v <= low_ + 0.03 * range_; });
    return static_cast<double>(black) / std::max(1, length - from_start);
  }

  /// Takes black padding off a film whose own background is not black: the background would pass
  /// for tissue. Along the other two sides such a film is not black either; a digital picture with
  /// padding at its chest wall is.
  void RemovePadding() {
    for (const int first : {static_cast<int>(kTop), static_cast<int>(kLeft)}) {
      const int second = first ^ 1, beside = first == kTop ? kLeft : kTop;
      std::array<int, 4> by{};
      by[first] = PaddingLines(first);
      by[second] = PaddingLines(second);
      if (by[first] + by[second] == 0 || BlackAlong(beside, by[first], by[second]) > kStillBlack ||
          BlackAlong(beside ^ 1, by[first], by[second]) > kStillBlack) {
        continue;
      }
      if (!Shrink(by)) continue;
      for (const int side : {first, second}) {
        if (by[side] > 0) found_.filled[side] = {by[side], low_, Brighter(side, kDarkFilm)};
      }
    }
  }

  /// Pixels of the line next to a side's that are brighter than a fraction of the grey range.
  std::vector<int> Brighter(int side, double fraction) const {
    std::vector<int> bright;
    for (int k = 0; k < lines_.Length(side); ++k) {
      if (lines_.Line(side, 1)[k] > low_ + fraction * range_) bright.push_back(k);
    }
    return bright;
  }

  void FindBands() {
    for (int side = 0; side < 4; ++side) {
      const Strip strip = StripAt(side);
      const int count = lines_.Count(side);
      if (strip.lines < kBandWidth * count || strip.lines > count - kSmallest) continue;
      // In a small copy a breast's own edge is sharp, too.
      if (std::min(picture_.rows, picture_.cols) < kSharpPicture) continue;
      ConstantBand band = SharpEnd(side, strip, 2 * same_);
      std::array<int, 4> by{};
      by[side] = band.lines;
      if (static_cast<double>(band.steps.size()) > kFilled * lines_.Length(side) &&
          !IsBackground(strip.value, side, strip.lines)) {
        if (!Shrink(by)) continue;
        band.steps = Brighter(side, kTissue);
        found_.filled[side] = std::move(band);
      } else {
        found_.bands[side] = std::move(band);
      }
    }
  }

  const GreyImage& picture_;
  BorderLines lines_;
  ConstantBorder found_;
  double low_ = 0, high_ = 0, range_ = 0, same_ = 0;
};

}  // namespace

ConstantBorder FindConstantBorder(const GreyImage& picture) {
  if (std::min(picture.rows, picture.cols) < kSmallest) {
    ConstantBorder none;
    none.inner = {{}, picture.size()};
    none.size = picture.size();
    return none;
  }
  return Predictor(picture).Find();
}

}  // namespace mhcnn
