#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/stats/distance_transform.h"
#include "mhcnn/stats/statistic.h"

namespace mhcnn {

/// Pixels of two masks by what each says of them.
struct OverlapCounts {
  /// Numbers of pixels.
  std::int64_t true_positive = 0, false_positive = 0, false_negative = 0, true_negative = 0;

  /// Counts of several images together, for pooled statistics.
  OverlapCounts& operator+=(const OverlapCounts& other);
  /// Compares all four counts.
  friend bool operator==(const OverlapCounts&, const OverlapCounts&) = default;
};

/// Any value but 0 lies in a mask. Throws Error(kInternal) where the sizes differ.
OverlapCounts CountOverlap(const cv::Mat1b& truth, const cv::Mat1b& predicted);

/// 2 TP / (2 TP + FP + FN) (Dice 1945), of one image or pooled; undefined where both masks are
/// empty.
Statistic Dice(const OverlapCounts& counts);
/// TP / (TP + FP + FN) (Jaccard 1901); undefined where both masks are empty.
Statistic IntersectionOverUnion(const OverlapCounts& counts);

/// How far the boundary pixels of each mask lie from the nearest boundary pixel of the other,
/// between centres, ascending. A boundary pixel is one of the mask with one of its four neighbours
/// outside it, the picture's border counting as outside: the boundary of MedPy and MONAI. A list is
/// empty where its mask is; where only the other one is, its distances are infinite.
struct SurfaceDistances {
  std::vector<double> from_truth, from_predicted;  ///< distances, ascending
};

/// In the unit of `spacing`. Throws Error(kInternal) where the sizes differ, Error(kUsage) for a
/// spacing that is not above 0.
SurfaceDistances MeasureSurfaceDistances(const cv::Mat1b& truth, const cv::Mat1b& predicted,
                                         PixelSpacing spacing = {});

// All of these are undefined where a mask is empty.

/// The greater of the two directions' 95th percentiles (linear between order statistics), as in
/// MONAI and Maier-Hein et al., "Metrics reloaded", Nature Methods 21, 2024. MedPy takes the
/// percentile of both directions' distances together, which is less.
Statistic Hausdorff95(const SurfaceDistances& distances);
/// Mean over the boundary pixels of both masks together (average symmetric surface distance).
Statistic MeanSurfaceDistance(const SurfaceDistances& distances);
/// Share of the boundary pixels of both masks that lie within `tolerance` (in the distances' unit)
/// of the other boundary (Nikolov et al. 2018; J Med Internet Res 23, 2021), boundary pixels
/// standing for surface elements. A distance equal to the tolerance but for rounding is within it.
Statistic SurfaceDice(const SurfaceDistances& distances, double tolerance);

}  // namespace mhcnn
