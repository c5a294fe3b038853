#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/stats/distance_transform.h"
#include "mhcnn/stats/statistic.h"

namespace mhcnn {

/// Numbers of pixels by the values of two masks.
struct OverlapCounts {
  /// Numbers of pixels.
  std::int64_t true_positive = 0, false_positive = 0, false_negative = 0, true_negative = 0;

  /// Adds the counts of another image, for pooled statistics.
  OverlapCounts& operator+=(const OverlapCounts& other);
  /// Compares all four counts.
  friend bool operator==(const OverlapCounts&, const OverlapCounts&) = default;
};

/// Counts the pixels of two masks; 0 is outside. Throws Error(kInternal) if the sizes differ.
OverlapCounts CountOverlap(const cv::Mat1b& truth, const cv::Mat1b& predicted);

/// Returns Dice, 2 TP / (2 TP + FP + FN) (Dice 1945), of one image or pooled; undefined if both
/// masks are empty.
Statistic Dice(const OverlapCounts& counts);
/// Returns TP / (TP + FP + FN) (Jaccard 1901); undefined if both masks are empty.
Statistic IntersectionOverUnion(const OverlapCounts& counts);

/// Distances of the boundary pixels of each mask from the nearest boundary pixel of the other,
/// between centres, ascending. A boundary pixel is in the mask and has one of its four neighbours
/// outside it; the image's border counts as outside: the boundary of MedPy and MONAI. A list is
/// empty if its mask is empty; if only the other mask is empty, its distances are infinite.
struct SurfaceDistances {
  std::vector<double> from_truth, from_predicted;  ///< distances, ascending
};

/// Measures the distances in both directions, in the unit of `spacing`. Throws Error(kInternal) if
/// the sizes differ, Error(kUsage) for a spacing that is not above 0.
SurfaceDistances MeasureSurfaceDistances(const cv::Mat1b& truth, const cv::Mat1b& predicted,
                                         PixelSpacing spacing = {});

// All of these are undefined where a mask is empty.

/// Returns the greater of the two directions' 95th percentiles (linear between order statistics),
/// as in MONAI and Maier-Hein et al., "Metrics reloaded", Nature Methods 21, 2024. MedPy uses the
/// percentile of both directions' distances together, which is less.
Statistic Hausdorff95(const SurfaceDistances& distances);
/// Returns the average symmetric surface distance: mean over the boundary pixels of both masks.
Statistic MeanSurfaceDistance(const SurfaceDistances& distances);
/// Returns the fraction of the boundary pixels of both masks that are within `tolerance` (in the
/// distances' unit) of the other boundary (Nikolov et al. 2018; J Med Internet Res 23, 2021);
/// boundary pixels represent surface elements. A distance equal to it but for rounding is within.
Statistic SurfaceDice(const SurfaceDistances& distances, double tolerance);

}  // namespace mhcnn
