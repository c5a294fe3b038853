#include "mhcnn/stats/segmentation.h"

#include <algorithm>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {
namespace {

void CheckSizes(const cv::Mat1b& truth, const cv::Mat1b& predicted) {
  if (truth.size() != predicted.size()) {
    throw Error(ErrorCode::kInternal, "two masks to compare differ in size");
  }
}

cv::Mat1b Boundary(const cv::Mat1b& mask) {
  cv::Mat1b boundary = cv::Mat1b::zeros(mask.size());
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      if (!mask(y, x)) continue;
      const bool inner = y > 0 && x > 0 && y + 1 < mask.rows && x + 1 < mask.cols &&
                         mask(y - 1, x) && mask(y + 1, x) && mask(y, x - 1) && mask(y, x + 1);
      if (!inner) boundary(y, x) = 255;
    }
  }
  return boundary;
}

/// Distances to `target` at the pixels of `from`, ascending.
std::vector<double> MeasureDistancesFrom(const cv::Mat1b& from, const cv::Mat1b& target,
                                         PixelSpacing spacing) {
  const cv::Mat1d distance = EuclideanDistance(target, spacing);
  std::vector<double> distances;
  for (int y = 0; y < from.rows; ++y) {
    for (int x = 0; x < from.cols; ++x) {
      if (from(y, x)) distances.push_back(distance(y, x));
    }
  }
  std::sort(distances.begin(), distances.end());
  return distances;
}

std::string WhichIsEmpty(bool truth, bool predicted) {
  if (truth && predicted) return "both masks are empty";
  return truth ? "the true mask is empty" : predicted ? "the predicted mask is empty" : "";
}

std::string WhichIsEmpty(const SurfaceDistances& distances) {
  return WhichIsEmpty(distances.from_truth.empty(), distances.from_predicted.empty());
}

double Sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

OverlapCounts& OverlapCounts::operator+=(const OverlapCounts& other) {
  true_positive += other.true_positive;
  false_positive += other.false_positive;
  false_negative += other.false_negative;
  true_negative += other.true_negative;
  return *this;
}

OverlapCounts CountOverlap(const cv::Mat1b& truth, const cv::Mat1b& predicted) {
  CheckSizes(truth, predicted);
  OverlapCounts counts;
  counts.true_positive = cv::countNonZero((truth != 0) & (predicted != 0));
  counts.false_positive = cv::countNonZero(predicted) - counts.true_positive;
  counts.false_negative = cv::countNonZero(truth) - counts.true_positive;
  counts.true_negative = static_cast<std::int64_t>(truth.total()) - counts.true_positive -
                         counts.false_positive - counts.false_negative;
  return counts;
}

Statistic Dice(const OverlapCounts& counts) {
  const auto both = static_cast<double>(2 * counts.true_positive);
  const auto only_one = static_cast<double>(counts.false_positive + counts.false_negative);
  if (both + only_one == 0) return Undefined("both masks are empty");
  return Defined(both / (both + only_one));
}

Statistic IntersectionOverUnion(const OverlapCounts& counts) {
  const auto both = static_cast<double>(counts.true_positive);
  const auto only_one = static_cast<double>(counts.false_positive + counts.false_negative);
  if (both + only_one == 0) return Undefined("both masks are empty");
  return Defined(both / (both + only_one));
}

SurfaceDistances MeasureSurfaceDistances(const cv::Mat1b& truth, const cv::Mat1b& predicted,
                                         PixelSpacing spacing) {
  CheckSizes(truth, predicted);
  // Only the box around both masks matters, and it is often a small part of a mammogram.
  cv::Mat1b either;
  cv::bitwise_or(truth, predicted, either);
  const cv::Rect box = cv::boundingRect(either);
  const cv::Mat1b truth_edge = Boundary(truth(box)), predicted_edge = Boundary(predicted(box));
  return {MeasureDistancesFrom(truth_edge, predicted_edge, spacing),
          MeasureDistancesFrom(predicted_edge, truth_edge, spacing)};
}

Statistic Hausdorff95(const SurfaceDistances& distances) {
  if (const auto empty = WhichIsEmpty(distances); !empty.empty()) return Undefined(empty);
  return Defined(std::max(SortedQuantile(distances.from_truth, 0.95),
                          SortedQuantile(distances.from_predicted, 0.95)));
}

Statistic MeanSurfaceDistance(const SurfaceDistances& distances) {
  if (const auto empty = WhichIsEmpty(distances); !empty.empty()) return Undefined(empty);
  return Defined(
      (Sum(distances.from_truth) + Sum(distances.from_predicted)) /
      static_cast<double>(distances.from_truth.size() + distances.from_predicted.size()));
}

Statistic SurfaceDice(const SurfaceDistances& distances, double tolerance) {
  if (const auto empty = WhichIsEmpty(distances); !empty.empty()) return Undefined(empty);
  const double limit = tolerance * (1 + 1e-9);  // 3 times 0.1 mm is within 0.3 mm
  const auto within = [limit](const std::vector<double>& values) {
    return std::upper_bound(values.begin(), values.end(), limit) - values.begin();
  };
  return Defined(
      static_cast<double>(within(distances.from_truth) + within(distances.from_predicted)) /
      static_cast<double>(distances.from_truth.size() + distances.from_predicted.size()));
}

}  // namespace mhcnn
