#include "mhcnn/preprocess/input_features.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

constexpr float kInside = 0.02f;  // preprocessing puts the background at 0 and below

/// Natural logarithm of the mean absolute value within a mask.
double LogMagnitude(const cv::Mat1f& map, const cv::Mat1b& mask) {
  return std::log(cv::mean(cv::abs(map), mask)[0] + 1e-4);
}

cv::Mat1f Blurred(const cv::Mat1f& input, double deviation) {
  cv::Mat1f blurred;
  cv::GaussianBlur(input, blurred, cv::Size(0, 0), deviation, 0, cv::BORDER_REPLICATE);
  return blurred;
}

/// Outline of the largest part of a mask: how it fills its box at the chest wall (left) and
/// opposite, the box's shape, and how convex it is.
struct Shape {
  double chest_wall = 0, front = 0, aspect = 0, solidity = 0;
};

Shape MeasureShape(const cv::Mat1b& mask) {
  std::vector<std::vector<cv::Point>> contours;
  cv::findContours(mask, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
  const auto largest = std::max_element(
      contours.begin(), contours.end(),
      [](const auto& a, const auto& b) { return cv::contourArea(a) < cv::contourArea(b); });
  if (largest == contours.end()) return {};
  const cv::Rect box = cv::boundingRect(*largest);
  cv::Mat1b filled = cv::Mat1b::zeros(mask.size());
  cv::drawContours(filled, contours, static_cast<int>(largest - contours.begin()), 255, cv::FILLED);
  const int strip = std::max(1, box.width / 10);
  const auto fill = [&](int x) {
    const cv::Rect part(x, box.y, strip, box.height);
    return static_cast<double>(cv::countNonZero(filled(part))) / part.area();
  };
  std::vector<cv::Point> hull;
  cv::convexHull(*largest, hull);
  return {fill(box.x), fill(box.br().x - strip),
          std::log(static_cast<double>(box.height) / box.width),
          cv::contourArea(*largest) / std::max(1.0, cv::contourArea(hull))};
}

}  // namespace

const std::vector<std::string>& InputFeatureNames() {
  static const std::vector<std::string> names = {
      "fill",           "mean",         "deviation",      "skewness",       "lower_quartile",
      "upper_quartile", "fine_texture", "middle_texture", "coarse_texture", "chest_wall",
      "front",          "aspect",       "solidity"};
  return names;
}

std::vector<double> ComputeInputFeatures(const cv::Mat1f& input) {
  cv::Mat1b mask = input > kInside;
  std::vector<float> values;
  for (const float v : input) {
    if (v > kInside) values.push_back(v);
  }
  if (values.size() < 64) return std::vector<double>(InputFeatureNames().size(), 0.0);
  std::sort(values.begin(), values.end());
  const auto quantile = [&](double fraction) {
    return static_cast<double>(
        values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1))]);
  };
  const auto count = static_cast<double>(values.size());
  double mean = 0, second = 0, third = 0;
  for (const float v : values) mean += v / count;
  for (const float v : values) {
    second += std::pow(v - mean, 2) / count;
    third += std::pow(v - mean, 3) / count;
  }
  const double deviation = std::sqrt(second);
  const Shape shape = MeasureShape(mask);
  // The skin's edge would outweigh the texture within.
  cv::erode(mask, mask, cv::Mat::ones(9, 9, CV_8U));
  if (cv::countNonZero(mask) == 0) mask = input > kInside;
  const cv::Mat1f a = Blurred(input, 1), b = Blurred(input, 3), c = Blurred(input, 9);
  return {count / static_cast<double>(input.total()),
          mean,
          deviation,
          deviation > 0 ? third / (second * deviation) : 0,
          quantile(0.25),
          quantile(0.75),
          LogMagnitude(input - a, mask),
          LogMagnitude(a - b, mask),
          LogMagnitude(b - c, mask),
          shape.chest_wall,
          shape.front,
          shape.aspect,
          shape.solidity};
}

}  // namespace mhcnn
