#include "mhcnn/preprocess/constant_border.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace mhcnn {
namespace {

constexpr double kSame = 0.02;         // of the grey range: such values are one value
constexpr double kExceptions = 0.005;  // of a constant line's pixels may differ
constexpr double kFrameWidth = 0.06;   // of the longer side, at most
constexpr double kBandWidth = 0.04;    // of the side, at least
constexpr double kStep = 0.08;         // of the grey range, at a band's end
constexpr double kSharp = 0.6;         // share of the rise over 14 lines that two lines take
constexpr double kFilled = 0.35;       // of a side, along which a band of another value ends
constexpr double kTissue = 0.12;       // of the grey range: brighter than most backgrounds
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
  const auto at = [&](double share) {
    const auto place = values.begin() +
                       static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return static_cast<double>(*place);
  };
  const double low = at(0.002);
  return {low, at(0.998)};
}

/// The lines of a part of a picture, counted from each of its sides.
class Lines {
 public:
  explicit Lines(const GreyImage& picture)
      : rows_(picture),
        columns_(static_cast<std::size_t>((picture.cols + kColumns - 1) / kColumns)) {}

  void Restrict(const cv::Rect& inner) { inner_ = inner; }
  const cv::Rect& inner() const { return inner_; }
  int Count(int side) const { return side <= kBottom ? inner_.height : inner_.width; }
  int Length(int side) const { return side <= kBottom ? inner_.width : inner_.height; }
  const std::uint16_t* Line(int side, int i) const {
    switch (side) {
      case kTop:
        return rows_[inner_.y + i] + inner_.x;
      case kBottom:
        return rows_[inner_.br().y - 1 - i] + inner_.x;
      case kLeft:
        return Column(inner_.x + i) + inner_.y;
      default:
        return Column(inner_.br().x - 1 - i) + inner_.y;
    }
  }
  double Median(int side, int i) const {
    std::vector<std::uint16_t> values(Line(side, i), Line(side, i) + Length(side));
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  }
  /// Are all but a share of a line's pixels within `tolerance` of a value?
  bool Constant(int side, int i, double value, double tolerance, double exceptions) const {
    const auto* line = Line(side, i);
    int left = static_cast<int>(exceptions * Length(side));
    for (int k = 0; k < Length(side); ++k) {
      if (std::abs(line[k] - value) > tolerance && --left < 0) return false;
    }
    return true;
  }
  double FractionNear(int side, int i, double value, double tolerance) const {
    const auto* line = Line(side, i);
    const auto near = std::count_if(line, line + Length(side), [&](std::uint16_t v) {
      return std::abs(v - value) <= tolerance;
    });
    return static_cast<double>(near) / Length(side);
  }

 private:
  /// Most pictures are asked for a few columns alone, so they are turned by blocks when they are.
  static constexpr int kColumns = 32;

  const std::uint16_t* Column(int x) const {
    cv::Mat1w& block = columns_[static_cast<std::size_t>(x / kColumns)];
    const int first = x / kColumns * kColumns;
    if (block.empty()) block = rows_.colRange(first, std::min(first + kColumns, rows_.cols)).t();
    return block[x - first];
  }

  cv::Mat1w rows_;
  mutable std::vector<cv::Mat1w> columns_;  ///< blocks of columns as rows
  cv::Rect inner_;
};

class Predictor {
 public:
  explicit Predictor(const GreyImage& picture) : picture_(picture), lines_(picture) {
    found_.size = picture.size();
    lines_.Restrict({{}, picture.size()});
    std::tie(low_, high_) = GreyRange(picture);
    range_ = high_ - low_;
    same_ = std::max(2.0, kSame * range_);
  }

  ConstantBorder Find() {
    if (range_ >= 8) {
      for (int round = 0; round < 4 && RemoveFrame(); ++round) found_.frame = true;
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
  Strip StripAt(int side) const {
    Strip strip{0, lines_.Median(side, 0)};
    while (strip.lines < lines_.Count(side) &&
           lines_.Constant(side, strip.lines, strip.value, same_, kExceptions)) {
      ++strip.lines;
    }
    return strip;
  }

  /// The rectangle without so many lines at each side; nothing where too little would be left.
  bool Shrink(const std::array<int, 4>& by) {
    cv::Rect inner = lines_.inner();
    inner = {inner.x + by[kLeft], inner.y + by[kTop], inner.width - by[kLeft] - by[kRight],
             inner.height - by[kTop] - by[kBottom]};
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

  /// Where a band ends most sharply: the pixels that step there, and the line.
  ConstantBand SharpEnd(int side, const Strip& strip) const {
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
            std::abs(band[k] - strip.value) > 2 * same_) {
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

  /// Is a value that of the picture's background? Black always may be; another one stands along the
  /// other sides, too.
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
    return near > 0.2 * all;
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

  /// Share of black pixels along a side, between strips of so many lines at the sides beside it.
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

  /// Pixels of the line next to a side's that are brighter than a share of the grey range.
  std::vector<int> Brighter(int side, double share) const {
    std::vector<int> bright;
    for (int k = 0; k < lines_.Length(side); ++k) {
      if (lines_.Line(side, 1)[k] > low_ + share * range_) bright.push_back(k);
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
      ConstantBand band = SharpEnd(side, strip);
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
  Lines lines_;
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
