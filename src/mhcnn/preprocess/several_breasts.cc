#include "mhcnn/preprocess/several_breasts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace mhcnn {
namespace {

// Of 390 real pictures of one breast none has more than 0.125 and 0.27, a seam of 2.9, a mirror of
// 0.61, or a neck of less than 0.64.
constexpr double kSecondArea = 0.4, kSecondThickness = 0.4;
constexpr double kFill = 0.35;  // of its box, that a breast and a pair of them fill
constexpr double kMinSimilarity = 0.6, kMinThicknessRatio = 2;
constexpr double kSureSeam = 6;
constexpr double kAlone = 2.5;  // times the steps of nine lines in ten, that a seam has
// Area / square of the width of the largest inner circle, of what is no breast.
constexpr double kStrip = 4.5;
constexpr double kSeam = 4, kMirror = 0.85, kNeck = 0.35;
constexpr double kPart = 0.25;        // of the breast, that a half of two must have
constexpr double kRectangle = 0.88;   // of its turned box, that a label fills
constexpr double kSeamRows = 0.45;    // of a seam's length, along which the grey value steps
constexpr double kPairBeside = 0.85;  // width / height of two pictures beside each other, at least
constexpr double kPairBelow = 1.6;    // height / width of two below each other

// Back to back. Real pairs and sheets have a joint of 1.8 and more with a fraction of 0.7 and more.
// Of the real pictures of one breast none has both (nearest: 2.05 with 0.68). Some drawn ones have:
// these have a chest wall.
constexpr double kSkin = 0.75;    // of the lines that end straight: more is a chest wall
constexpr double kAcross = 0.87;  // the same in the other direction: MLO views end straight on top
constexpr double kJoint = 1.8;    // times the steps beside it
constexpr double kJointFraction = 0.7;
constexpr double kWithin = 0.03;  // of the breast's width, within which an end is at the line
constexpr int kSlants = 8;        // to either side, for a wall that stands at a slant
constexpr double kSlant = 0.02;   // columns a row, from one slant to the next
constexpr double kMiddle = 0.3;   // of the breast's width, that each side of the middle has
constexpr int kNear = 12;         // columns to either side of a line, with which it is compared
constexpr int kLine = 2;          // columns to either side, that a blurred line covers
constexpr float kMaxStep = 0.15F, kMinStep = 0.002F;  // of the range of grey values

cv::Mat Where(const cv::Mat1i& parts, int part) { return parts == part; }

double Thickness(const cv::Mat& mask) {
  cv::Mat1f depth;
  cv::Mat bordered;  // the picture's edge ends it, too
  cv::copyMakeBorder(mask, bordered, 1, 1, 1, 1, cv::BORDER_CONSTANT, cv::Scalar(0));
  cv::distanceTransform(bordered, depth, cv::DIST_L2, 3);
  double largest = 0;
  cv::minMaxLoc(depth, nullptr, &largest);
  return largest;
}

/// Returns whether it fills its box, however that is turned.
bool IsRectangle(const cv::Mat& mask) {
  std::vector<cv::Point> points;
  cv::findNonZero(mask, points);
  return static_cast<double>(points.size()) >
         kRectangle * std::max(1.0F, cv::minAreaRect(points).size.area());
}

/// Returns whether a fifth of the picture's right or left side is within it.
bool ReachesSide(const cv::Mat& mask, bool right) {
  return 5 * cv::countNonZero(mask.col(right ? mask.cols - 1 : 0)) >= mask.rows;
}

void FindParts(const cv::Mat1i& parts, int breast, SeveralBreastsEvidence& evidence) {
  const cv::Mat first = Where(parts, breast);
  const cv::Rect box = cv::boundingRect(first);
  const double area = cv::countNonZero(first), thickness = Thickness(first);
  double highest = 0;
  cv::minMaxLoc(parts, nullptr, &highest);
  evidence.parts = 1;
  for (int part = 1; part <= static_cast<int>(highest); ++part) {
    if (part == breast) continue;
    const cv::Mat other = Where(parts, part);
    const double fraction = cv::countNonZero(other) / area;
    if (fraction < 0.1) continue;
    // Much thicker than what was taken for the breast: that is a glow or a tape.
    const double thick = Thickness(other) / thickness;
    if (thick > kMinThicknessRatio) continue;
    const cv::Rect at = cv::boundingRect(other);
    const bool beside = at.x >= box.br().x || box.x >= at.br().x,
               below = at.y >= box.br().y || box.y >= at.br().y;
    if ((!beside && !below) || IsRectangle(other)) continue;
    if (fraction > kSecondArea && thick > kSecondThickness) {
      ++evidence.parts;
      // Of two alike, each at its own side, neither is a label or the glow along an edge.
      const bool alike =
          fraction > kMinSimilarity && thick > kMinSimilarity && thick < 1 / kMinSimilarity;
      evidence.opposite =
          evidence.opposite ||
          (beside && alike && ReachesSide(other, at.x > box.x) && ReachesSide(first, at.x < box.x));
    }
    for (auto* place : {beside ? &evidence.beside : nullptr, below ? &evidence.below : nullptr}) {
      if (place == nullptr || fraction <= place->second_area) continue;
      place->second_area = fraction;
      place->second_thickness = thick;
    }
  }
}

/// The strongest vertical seam through the mask.
double Seam(const cv::Mat1f& sharp, const cv::Mat1b& mask) {
  const cv::Rect box = cv::boundingRect(mask);
  const int aside = std::max(4, box.width * 15 / 100);
  double best = 0, best_step = 0;
  std::vector<double> steps;  // of all lines: a noisy detector's differ all
  for (int x = box.x + aside; x < box.br().x - aside; ++x) {
    double at = 0, beside = 0;
    int rows = 0, stepping = 0;
    for (int y = box.y; y < box.br().y; ++y) {
      const uchar* inside = mask[y];
      if (!inside[x - 4] || !inside[x] || !inside[x + 4]) continue;
      const float* v = sharp[y];
      // The step of a thin line goes back at once.
      const double step = std::min(std::abs(v[x + 1] - v[x - 1]), std::abs(v[x + 3] - v[x - 3]));
      const double near = (std::abs(v[x - 1] - v[x - 3]) + std::abs(v[x + 3] - v[x + 1])) / 2;
      ++rows;
      stepping += step > std::max(0.02, 2 * near);
      at += step;
      beside += near;
    }
    if (rows < mask.rows / 5) continue;
    steps.push_back(at / rows);
    if (at / rows < 0.03 || stepping < kSeamRows * rows) continue;
    const double seam = at / std::max(beside, 0.002 * rows);
    if (seam <= best) continue;
    best = seam;
    best_step = at / rows;
  }
  if (best == 0) return 0;
  const auto most = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() * 9 / 10);
  std::nth_element(steps.begin(), most, steps.end());
  if (best_step < kAlone * *most) return 0;
  return best;
}

/// Correlation of the mask's finest texture with its mirror image about a vertical line near the
/// picture's middle.
double Mirror(const cv::Mat1f& sharp, const cv::Mat1b& mask) {
  cv::Mat1f along, across, both, fine;
  cv::GaussianBlur(sharp, along, {0, 1}, 1.5, 0.1);
  cv::GaussianBlur(sharp, across, {1, 0}, 0.1, 1.5);
  cv::GaussianBlur(along, both, {1, 0}, 0.1, 1.5);
  // Without straight lines, which a detector's dead rows leave and which are their own mirror
  // image.
  fine = sharp - along - across + both;
  cv::Mat1b inner;
  cv::erode(mask, inner, cv::Mat::ones(9, 9, CV_8U));
  cv::Mat1f within, turned, turned_within;
  inner.convertTo(within, CV_32F, 1 / 255.0);
  fine = fine.mul(within);
  cv::flip(fine, turned, 1);
  cv::flip(within, turned_within, 1);
  const cv::Mat1f square = fine.mul(fine), turned_square = turned.mul(turned);
  const double least = 0.3 * cv::countNonZero(inner);
  double best = 0;
  for (int axis = sharp.cols - 6; axis <= sharp.cols + 5; ++axis) {  // twice the line's place
    // The columns to the left of the line that have a twin to its right.
    const int first = std::max(0, axis - sharp.cols + 1), end = (axis + 1) / 2;
    if (first >= end) continue;
    const cv::Rect here(first, 0, end - first, sharp.rows);
    const cv::Rect twin = here + cv::Point(sharp.cols - 1 - axis, 0);
    if (within(here).dot(turned_within(twin)) < least) continue;
    const double both_squares =
        square(here).dot(turned_within(twin)) * within(here).dot(turned_square(twin));
    best = std::max(best, fine(here).dot(turned(twin)) / std::sqrt(std::max(1e-12, both_squares)));
  }
  return best;
}

/// The narrowest place between two parts, by the heights of the mask's columns.
double Neck(const cv::Mat1b& mask) {
  const cv::Rect box = cv::boundingRect(mask);
  std::vector<double> height(static_cast<std::size_t>(box.width));
  double area = 0;
  for (int x = 0; x < box.width; ++x) {
    const double h = cv::countNonZero(mask.col(box.x + x));
    height[static_cast<std::size_t>(x)] = h;
    area += h;
  }
  double best = 1, before = 0;
  for (std::size_t x = 0; x < height.size(); ++x) {
    before += height[x];
    if (before < kPart * area || before > (1 - kPart) * area) continue;
    const auto here = height.begin() + static_cast<std::ptrdiff_t>(x);
    const double narrower = std::min(*std::max_element(height.begin(), here + 1),
                                     *std::max_element(here, height.end()));
    best = std::min(best, height[x] / std::max(1.0, narrower));
  }
  return best;
}

/// Returns for each row the range of columns within the mask; an empty range for an empty row.
std::vector<cv::Range> Spans(const cv::Mat1b& mask) {
  std::vector<cv::Range> spans(static_cast<std::size_t>(mask.rows));
  for (int y = 0; y < mask.rows; ++y) {
    const uchar* row = mask[y];
    const uchar* end = row + mask.cols;
    const uchar* first = std::find_if(row, end, [](uchar v) { return v != 0; });
    if (first == end) continue;
    while (end[-1] == 0) --end;
    spans[static_cast<std::size_t>(y)] = {static_cast<int>(first - row),
                                          static_cast<int>(end - row)};
  }
  return spans;
}

/// Largest fraction of the values that lie within `reach` of each other.
double LargestCluster(std::vector<double> values, double reach) {
  std::sort(values.begin(), values.end());
  std::ptrdiff_t most = 0;
  auto end = values.begin();
  for (auto first = values.begin(); first != values.end(); ++first) {
    while (end != values.end() && *end <= *first + reach) ++end;
    most = std::max(most, end - first);
  }
  return static_cast<double>(most) / static_cast<double>(values.size());
}

/// Fraction of the rows that end at one straight line, upright or at a slight slant, on the side
/// that has more of them.
double Straight(const std::vector<cv::Range>& spans, int width) {
  double best = 0;
  for (const bool right : {false, true}) {
    for (int slant = -kSlants; slant <= kSlants; ++slant) {
      std::vector<double> ends;
      for (std::size_t y = 0; y < spans.size(); ++y) {
        if (spans[y].empty()) continue;
        const int end = right ? spans[y].end : spans[y].start;
        ends.push_back(end + kSlant * slant * static_cast<double>(y));
      }
      best = std::max(best, LargestCluster(std::move(ends), std::max(2.0, kWithin * width)));
    }
  }
  return best;
}

float Median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Returns those of a row's or of all columns' steps that lie beside the line at x.
std::vector<float> Near(const float* steps, int count, int x) {
  std::vector<float> near;
  for (int i = std::max(0, x - kNear); i <= std::min(count - 1, x + kNear); ++i) {
    if (std::abs(i - x) > kLine) near.push_back(steps[i]);
  }
  return near;
}

/// Steps from each column of a picture to the next, limited so that no bright edge decides alone.
cv::Mat1f Steps(const cv::Mat1f& sharp) {
  cv::Mat1f steps;
  cv::absdiff(sharp.colRange(1, sharp.cols), sharp.colRange(0, sharp.cols - 1), steps);
  return cv::min(steps, kMaxStep);
}

/// Fraction of the rows whose step at x, or right beside it, is twice those near it.
double JointFraction(const cv::Mat1f& steps, const std::vector<cv::Range>& spans, int x) {
  int rows = 0, stepping = 0;
  for (int y = 0; y < steps.rows; ++y) {
    const cv::Range& span = spans[static_cast<std::size_t>(y)];
    if (x < span.start || x + 1 >= span.end) continue;
    const float* row = steps[y];
    const float near = std::max(Median(Near(row, steps.cols, x)), 1.5F * kMinStep);
    ++rows;
    stepping += std::max({row[x - 1], row[x], row[x + 1]}) > 2 * near;
  }
  return static_cast<double>(stepping) / std::max(1, rows);
}

/// Mean of the steps of each column, within the mask's outline; 0 where that is short.
std::vector<float> MeanSteps(const cv::Mat1f& steps, const std::vector<cv::Range>& spans) {
  std::vector<float> means(static_cast<std::size_t>(steps.cols));
  std::vector<int> rows(means.size());
  for (int y = 0; y < steps.rows; ++y) {
    const cv::Range& span = spans[static_cast<std::size_t>(y)];
    for (int x = span.start; x + 1 < span.end; ++x) {
      means[static_cast<std::size_t>(x)] += steps(y, x);
      ++rows[static_cast<std::size_t>(x)];
    }
  }
  for (std::size_t x = 0; x < means.size(); ++x) {
    means[x] = rows[x] < steps.rows / 5 ? 0 : means[x] / static_cast<float>(std::max(1, rows[x]));
  }
  return means;
}

/// Looks for two outlines of skin and for the line at which the chest walls touch.
void FindBackToBack(const cv::Mat1f& sharp, const cv::Mat1b& mask, BesideEvidence& evidence) {
  const cv::Rect box = cv::boundingRect(mask);
  const std::vector<cv::Range> spans = Spans(mask);
  evidence.straight = Straight(spans, box.width);
  const cv::Mat1f steps = Steps(sharp);
  const std::vector<float> means = MeanSteps(steps, spans);
  const int aside = std::max(2, cvFloor(kMiddle * box.width));
  int at = 0;
  for (int x = box.x + aside; x < box.br().x - aside; ++x) {
    const float near = std::max(Median(Near(means.data(), steps.cols, x)), kMinStep);
    const double joint = means[static_cast<std::size_t>(x)] / near;
    if (joint <= evidence.joint) continue;
    evidence.joint = joint;
    at = x;
  }
  if (at > 0) evidence.joint_fraction = JointFraction(steps, spans, at);
}

void FindBeside(const cv::Mat1f& sharp, const cv::Mat1b& mask, BesideEvidence& evidence) {
  evidence.seam = Seam(sharp, mask);
  evidence.mirror = Mirror(sharp, mask);
  evidence.neck = Neck(mask);
  FindBackToBack(sharp, mask, evidence);
  evidence.aspect = static_cast<double>(sharp.cols) / sharp.rows;
}

/// Returns whether two breasts lie back to back in the direction of `along`.
bool AreBackToBack(const BesideEvidence& along, const BesideEvidence& across) {
  return along.straight < kSkin && across.straight < kAcross && along.joint > kJoint &&
         along.joint_fraction > kJointFraction;
}

}  // namespace

bool BesideEvidence::Found() const {
  return (second_area > kSecondArea && second_thickness > kSecondThickness) || seam > kSeam ||
         mirror > kMirror || neck < kNeck;
}

bool SeveralBreastsEvidence::Several() const {
  const bool both = beside.Found() && below.Found();
  const bool sure = opposite || std::max(beside.seam, below.seam) > kSureSeam;
  return parts > 2 || sure || both || BackToBack() ||
         (beside.Found() && beside.aspect >= kPairBeside) ||
         (below.Found() && below.aspect >= kPairBelow);
}

bool SeveralBreastsEvidence::BackToBack() const {
  return AreBackToBack(beside, below) || AreBackToBack(below, beside);
}

SeveralBreastsEvidence FindSeveralBreasts(const cv::Mat1f& sharp, const cv::Mat1i& parts,
                                          int breast) {
  SeveralBreastsEvidence evidence;
  const cv::Mat1b mask = Where(parts, breast);
  const cv::Mat1f turned = sharp.t();
  const cv::Mat1b turned_mask = mask.t();
  FindBackToBack(sharp, mask, evidence.beside);
  FindBackToBack(turned, turned_mask, evidence.below);
  // The glow along an edge of a film was taken for the breast.
  const double area = cv::countNonZero(mask);
  if (area > kStrip * std::pow(2 * Thickness(mask), 2)) return evidence;
  if (area < kFill * cv::boundingRect(mask).area()) return evidence;
  FindBeside(sharp, mask, evidence.beside);
  FindBeside(turned, turned_mask, evidence.below);
  FindParts(parts, breast, evidence);
  return evidence;
}

}  // namespace mhcnn
