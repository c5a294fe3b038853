#include "preprocess/several_breasts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace mhcnn {
namespace {

// Of 390 real pictures of one breast none has more than 0.125 and 0.27, 2.9, 0.23, or less than
// 0.64.
constexpr double kSecondArea = 0.25, kSecondThickness = 0.35;
constexpr double kSeam = 4, kMirror = 0.7, kNeck = 0.45;
constexpr double kPart = 0.25;  // of the breast, that a half of two must have

cv::Mat Where(const cv::Mat1i& parts, int part) { return parts == part; }

double Thickness(const cv::Mat& mask) {
  cv::Mat1f depth;
  // What the picture's edge cuts goes on behind it.
  cv::distanceTransform(mask, depth, cv::DIST_L2, 3);
  double largest = 0;
  cv::minMaxLoc(depth, nullptr, &largest);
  return largest;
}

bool Apart(const cv::Rect& a, const cv::Rect& b) {
  return a.x >= b.br().x || b.x >= a.br().x || a.y >= b.br().y || b.y >= a.br().y;
}

void SeekSecond(const cv::Mat1i& parts, int breast, SeveralBreastsEvidence& evidence) {
  const cv::Mat first = Where(parts, breast);
  const cv::Rect box = cv::boundingRect(first);
  const double area = cv::countNonZero(first), thickness = Thickness(first);
  double highest = 0;
  cv::minMaxLoc(parts, nullptr, &highest);
  for (int part = 1; part <= static_cast<int>(highest); ++part) {
    if (part == breast) continue;
    const cv::Mat other = Where(parts, part);
    const double share = cv::countNonZero(other) / area;
    if (share <= evidence.second_area || !Apart(cv::boundingRect(other), box)) continue;
    evidence.second_area = share;
    evidence.second_thickness = Thickness(other) / thickness;
  }
}

/// The strongest vertical seam through the mask.
double Seam(const cv::Mat1f& sharp, const cv::Mat1b& mask) {
  const cv::Rect box = cv::boundingRect(mask);
  const int aside = std::max(4, box.width * 15 / 100);
  double best = 0;
  for (int x = box.x + aside; x < box.br().x - aside; ++x) {
    double at = 0, beside = 0;
    int rows = 0;
    for (int y = box.y; y < box.br().y; ++y) {
      const uchar* inside = mask[y];
      if (!inside[x - 4] || !inside[x] || !inside[x + 4]) continue;
      const float* v = sharp[y];
      ++rows;
      at += std::abs(v[x + 1] - v[x - 1]);
      beside += (std::abs(v[x - 1] - v[x - 3]) + std::abs(v[x + 3] - v[x + 1])) / 2;
    }
    if (rows < mask.rows / 5 || at / rows < 0.03) continue;
    best = std::max(best, at / std::max(beside, 0.002 * rows));
  }
  return best;
}

/// Correlation of the mask's fine texture with its mirror image about a vertical line near the
/// picture's middle. 0 where the mask ends in a chest wall above or below: one breast that is alike
/// above and below its nipple.
double Mirror(const cv::Mat1f& sharp, const cv::Mat1b& mask) {
  const cv::Rect box = cv::boundingRect(mask);
  const int near = box.y + box.height / 50, far = box.br().y - 1 - box.height / 50;
  for (const int row : {near, far}) {
    if (cv::countNonZero(mask.row(row)) > 0.7 * box.width) return 0;
  }
  cv::Mat1f coarse, fine;
  cv::GaussianBlur(sharp, coarse, {}, 4);
  fine = sharp - coarse;
  cv::Mat1b inner;
  cv::erode(mask, inner, cv::Mat::ones(9, 9, CV_8U));
  double best = 0;
  for (int axis = sharp.cols - 6; axis <= sharp.cols + 5; ++axis) {  // twice the line's place
    double product = 0, square = 0, other = 0;
    int pixels = 0;
    for (int y = 0; y < sharp.rows; ++y) {
      for (int x = 0; x < axis - x; ++x) {
        const int twin = axis - x;
        if (twin >= sharp.cols || !inner(y, x) || !inner(y, twin)) continue;
        ++pixels;
        product += static_cast<double>(fine(y, x)) * fine(y, twin);
        square += static_cast<double>(fine(y, x)) * fine(y, x);
        other += static_cast<double>(fine(y, twin)) * fine(y, twin);
      }
    }
    if (pixels < 0.15 * cv::countNonZero(inner)) continue;
    best = std::max(best, product / std::sqrt(std::max(1e-12, square * other)));
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

}  // namespace

bool SeveralBreastsEvidence::Several() const {
  return (second_area > kSecondArea && second_thickness > kSecondThickness) || seam > kSeam ||
         mirror > kMirror || neck < kNeck;
}

SeveralBreastsEvidence SeekSeveralBreasts(const cv::Mat1f& sharp, const cv::Mat1i& parts,
                                          int breast) {
  SeveralBreastsEvidence evidence;
  SeekSecond(parts, breast, evidence);
  const cv::Mat1b mask = Where(parts, breast);
  const cv::Mat1f turned = sharp.t();
  const cv::Mat1b turned_mask = mask.t();
  evidence.seam = std::max(Seam(sharp, mask), Seam(turned, turned_mask));
  evidence.mirror = std::max(Mirror(sharp, mask), Mirror(turned, turned_mask));
  evidence.neck = std::min(Neck(mask), Neck(turned_mask));
  return evidence;
}

}  // namespace mhcnn
