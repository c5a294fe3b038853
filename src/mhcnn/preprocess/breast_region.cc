#include "mhcnn/preprocess/breast_region.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/image/mask.h"
#include "mhcnn/image/quantile.h"
#include "mhcnn/preprocess/frame.h"

namespace mhcnn {
namespace {

constexpr int kLongSide = 384;  // pixels of the reduced copy
constexpr int kBins = 256;
constexpr int kPeakReach = 6;           // bins to either side of which a peak is the highest
constexpr double kPeakFraction = 0.15;  // of the highest peak, that the background's has
constexpr double kDip = 0.75;           // of a peak, below which the histogram falls beside it
constexpr double kAlongFrame = 0.4;     // of the frame, that a background covers at least
constexpr double kMinFraction = 0.02;   // of the picture that a breast covers at least
constexpr int kMinimumSide = 64;        // pixels

std::array<int, kBins> Histogram(const cv::Mat1f& unit) {
  std::array<int, kBins> bins{};
  for (const float v : unit) ++bins[std::clamp(static_cast<int>(v * kBins), 0, kBins - 1)];
  return bins;
}

/// Fraction of the pixels along the frame whose value lies in [low, high].
double BorderFraction(const cv::Mat1f& unit, float low, float high) {
  int inside = 0, all = 0;
  const auto count = [&](float v) {
    ++all;
    if (v >= low && v <= high) ++inside;
  };
  for (int x = 0; x < unit.cols; ++x) {
    count(unit(0, x));
    count(unit(unit.rows - 1, x));
  }
  for (int y = 0; y < unit.rows; ++y) {
    count(unit(y, 0));
    count(unit(y, unit.cols - 1));
  }
  return static_cast<double>(inside) / all;
}

/// A bright, uniform background along the frame, brighter than what is within: the picture is a
/// negative.
bool IsNegative(const cv::Mat1f& unit) {
  const auto bins = Histogram(unit);
  const double bright =
      std::accumulate(bins.end() - kBins / 16, bins.end(), 0.0) / static_cast<double>(unit.total());
  return bright > 0.15 && BorderFraction(unit, 0.92f, 2.0f) > 0.5 &&
         BorderFraction(unit, -1.0f, 0.2f) < 0.2;
}

struct Background {
  double level, threshold;  // on the unit scale
};

/// Returns the darkest peak of a smoothed histogram that is darker than the highest one, `highest`,
/// with a dip between the two. Returns `highest` if there is none.
int DarkestPeak(const std::array<double, kBins>& smooth, int highest) {
  const auto at = [&](int i) { return smooth[static_cast<std::size_t>(i)]; };
  for (int i = 0; i < highest; ++i) {
    const auto from = smooth.begin() + std::max(0, i - kPeakReach),
               to = smooth.begin() + std::min(kBins, i + kPeakReach + 1);
    if (at(i) < kPeakFraction * at(highest) || at(i) < *std::max_element(from, to)) continue;
    const auto dip = std::min_element(smooth.begin() + i, smooth.begin() + highest);
    if (*dip < kDip * at(i)) return i;
  }
  return highest;
}

/// The bin of the background: the highest peak of the dark part. Where that is hardly seen along
/// the frame, and the darkest peak is seen more, it is fat, as in a large breast that leaves little
/// background. The frame is a little within the picture: margins are no background.
int BackgroundBin(const cv::Mat1f& unit, const std::array<double, kBins>& smooth) {
  const int dark_part = kBins * 45 / 100;
  const int highest = static_cast<int>(
      std::max_element(smooth.begin(), smooth.begin() + dark_part) - smooth.begin());
  const int inset = std::min(unit.rows, unit.cols) / 20;
  const cv::Mat1f frame =
      unit(cv::Rect({inset, inset}, unit.size() - cv::Size(2 * inset, 2 * inset)));
  const auto along_frame = [&](int bin) {
    const auto value = [](int of) { return static_cast<float>(of) / kBins; };
    return BorderFraction(frame, value(bin - kPeakReach), value(bin + kPeakReach + 1));
  };
  if (along_frame(highest) >= kAlongFrame) return highest;
  const int darkest = DarkestPeak(smooth, highest);
  return along_frame(darkest) > along_frame(highest) ? darkest : highest;
}

/// The dark mode of the histogram and the value above which a pixel is no longer background: four
/// deviations of the mode's dark flank (its bright flank runs into the breast), at least 3 % of the
/// range, at most 15 %.
Background FindBackground(const cv::Mat1f& unit) {
  const auto bins = Histogram(unit);
  std::array<double, kBins> smooth{};
  for (int i = 0; i < kBins; ++i) {
    for (int j = std::max(0, i - 2); j <= std::min(kBins - 1, i + 2); ++j) smooth[i] += bins[j];
  }
  const int mode = BackgroundBin(unit, smooth);
  double weight = 0, squares = 0;
  for (int i = 0; i <= mode; ++i) {
    weight += bins[i];
    squares += static_cast<double>(bins[i]) * (mode - i) * (mode - i);
  }
  const double deviation = weight > 0 ? std::sqrt(squares / weight) / kBins : 0;
  const double level = (mode + 0.5) / kBins;
  return {level, level + std::clamp(4 * deviation, 0.03, 0.15)};
}

Mask FillHoles(const Mask& mask) {
  // Outside is what a flood from a one-pixel frame reaches; a breast cut by the frame stays open
  // there.
  cv::Mat1b padded;
  cv::copyMakeBorder(mask, padded, 1, 1, 1, 1, cv::BORDER_CONSTANT, cv::Scalar(0));
  cv::floodFill(padded, cv::Point(0, 0), cv::Scalar(128));
  Mask filled;
  cv::Mat(padded(cv::Rect(1, 1, mask.cols, mask.rows)) != 128).copyTo(filled);
  return filled;
}

struct Component {
  int label = 0;
  double score = 0;
  cv::Rect box;
  int area = 0;
};

/// Returns the component most like a breast: large, and filling over a quarter of its box.
Component BestComponent(const cv::Mat& stats) {
  Component best;
  for (int label = 1; label < stats.rows; ++label) {
    const int* s = stats.ptr<int>(label);
    const int area = s[cv::CC_STAT_AREA];
    const cv::Rect box(s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], s[cv::CC_STAT_WIDTH],
                       s[cv::CC_STAT_HEIGHT]);
    const double fill = static_cast<double>(area) / box.area();
    const double score = area * (fill > 0.25 ? 1.0 : 0.3);
    if (score > best.score) best = {label, score, box, area};
  }
  return best;
}

/// A small copy of an image, on which the region is found.
struct SmallCopy {
  double reduce;     ///< pixels of the copy for each pixel of the image, each way
  cv::Mat1f sharp;   ///< grey values
  cv::Mat1f unit;    ///< smoothed; `range` is mapped to 0 and 1
  ValueRange range;  ///< robust range of the smoothed grey values
};

SmallCopy MakeSmallCopy(const GreyImage& picture) {
  if (std::min(picture.rows, picture.cols) < kMinimumSide) {
    throw Error(ErrorCode::kOutOfScope,
                "is " + std::to_string(picture.cols) + " x " + std::to_string(picture.rows) +
                    " pixels, too small for a mammogram",
                "", "give the full picture");
  }
  SmallCopy copy;
  copy.reduce =
      std::min(1.0, static_cast<double>(kLongSide) / std::max(picture.rows, picture.cols));
  const cv::Size size(std::max(1, cvRound(picture.cols * copy.reduce)),
                      std::max(1, cvRound(picture.rows * copy.reduce)));
  cv::Mat reduced;
  cv::resize(picture, reduced, size, 0, 0, cv::INTER_AREA);
  reduced.convertTo(copy.sharp, CV_32F);
  cv::GaussianBlur(copy.sharp, copy.unit, cv::Size(5, 5), 0);
  copy.range = RobustRange(copy.unit, 0.002, 0.002);
  const auto& range = copy.range;
  if (range.high - range.low < 2) {
    throw Error(ErrorCode::kOutOfScope, "shows no breast: all its pixels have about the same value",
                "", "give the whole picture of one breast");
  }
  copy.unit = (copy.unit - range.low) / (range.high - range.low);
  return copy;
}

/// The bright parts of the exposed frame.
struct BrightParts {
  Mask region;     ///< the breast, without holes
  Mask other;      ///< other bright parts, and what is outside the frame
  cv::Mat labels;  ///< components within the frame
  int label;       ///< number of the breast among the components
};

/// `bright`: pixels of the frame `inner` that are brighter than the background.
BrightParts FindBrightParts(const Mask& bright, const cv::Rect& inner, cv::Size size) {
  const int thickness = std::max(3, std::max(size.width, size.height) / 64) | 1;
  const cv::Mat brush =
      cv::getStructuringElement(cv::MORPH_ELLIPSE, cv::Size(thickness, thickness));
  Mask opened;
  cv::morphologyEx(bright, opened, cv::MORPH_OPEN, brush);
  BrightParts parts;
  cv::Mat stats, centres;
  cv::connectedComponentsWithStats(opened, parts.labels, stats, centres, 8, CV_32S);
  const Component best = BestComponent(stats);
  if (best.label == 0 || best.area < kMinFraction * static_cast<double>(size.area())) {
    throw Error(ErrorCode::kOutOfScope,
                "shows no breast: nothing large is brighter than the background", "",
                "give the whole picture of one breast");
  }
  parts.label = best.label;
  Mask region(size, 0), other(size, 0);
  cv::Mat(parts.labels == best.label).copyTo(region(inner));
  region = FillHoles(region);
  Mask rest = bright.clone();
  Mask near_region;
  cv::dilate(region(inner), near_region, brush);
  rest.setTo(0, near_region);
  cv::dilate(rest, rest, brush);
  rest.setTo(0, near_region);
  rest.copyTo(other(inner));
  cv::Mat1b frame(size, 255);
  frame(inner).setTo(0);
  other.setTo(255, frame);
  parts.region = region;
  parts.other = other;
  return parts;
}

}  // namespace

BreastRegion FindBreastRegion(const GreyImage& picture) {
  SmallCopy copy = MakeSmallCopy(picture);
  cv::Mat1f& unit = copy.unit;
  const ValueRange range = copy.range;
  BreastRegion found;
  cv::Rect inner = FindExposedFrame(unit);
  if (IsNegative(unit(inner))) {
    found.inverted = true;
    unit = 1.0 - unit;
    inner = FindExposedFrame(unit);
  }
  const cv::Mat1f view = unit(inner);
  const Background background = FindBackground(view);
  Mask bright;
  cv::Mat(view > background.threshold).copyTo(bright);
  const BrightParts parts = FindBrightParts(bright, inner, unit.size());
  const cv::Mat1f sharp = (copy.sharp - range.low) / (range.high - range.low);
  found.several = FindSeveralBreasts(sharp(inner), parts.labels, parts.label);

  found.orientation = FindOrientation(unit, parts.region, inner);
  const cv::Rect2d scaled(inner.x / copy.reduce, inner.y / copy.reduce, inner.width / copy.reduce,
                          inner.height / copy.reduce);
  found.frame = cv::Rect(scaled) & cv::Rect({}, picture.size());
  found.fills_frame =
      cv::countNonZero(parts.region) > 0.97 * static_cast<double>(parts.region.total());
  const double level = found.inverted ? 1 - background.level : background.level;
  found.background = range.low + level * (range.high - range.low);
  found.mask = ResizeMask(parts.region, picture.size());
  found.other = ResizeMask(parts.other, picture.size());
  return found;
}

}  // namespace mhcnn
