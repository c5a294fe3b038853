#pragma once

#include "mhcnn/stats/statistic.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {

// Agreement of a measurement with its truth, pair by pair, in the unit of the values. Undefined
// where there is no case (fewer than two from Pearson on) or a value is not finite. Intervals come
// from ClusterBootstrap (bootstrap.h), but for Bland-Altman's.

/// Returns the mean of predicted - truth: above 0 if too much is predicted.
Statistic Bias(const PairedValues& values);
/// Returns the mean of |predicted - truth|.
Statistic MeanAbsoluteError(const PairedValues& values);
/// Returns the square root of the mean of (predicted - truth)^2.
Statistic RootMeanSquareError(const PairedValues& values);

/// Returns Pearson's r; undefined if one side is constant.
Statistic Pearson(const PairedValues& values);
/// Returns Spearman's rho: Pearson's r of mid-ranks; undefined if one side is constant.
Statistic Spearman(const PairedValues& values);
/// Returns Lin's concordance correlation coefficient with variances over n (Lin, "A concordance
/// correlation coefficient to evaluate reproducibility", Biometrics 45, 1989). Unlike Pearson's r
/// it decreases with a bias or a scale. Undefined if both sides are constant.
Statistic Concordance(const PairedValues& values);

/// Bland-Altman statistics of the differences predicted - truth (Bland & Altman, "Measuring
/// agreement in method comparison studies", Stat Methods Med Res 8, 1999).
struct BlandAltman {
  Estimate bias;                      ///< mean difference
  Statistic deviation;                ///< standard deviation of the differences, over n - 1
  Estimate lower_limit, upper_limit;  ///< bias -/+ 1.96 deviations
};

/// Measures bias and limits, with intervals by Student's t with n - 1 degrees of freedom: standard
/// errors s / sqrt(n) of the bias and s sqrt(1 / n + 1.96^2 / (2 (n - 1))) of a limit (section 2.2
/// of the paper). They assume independent and normal differences: for several images of a patient,
/// use the bootstrap. Undefined for fewer than two cases.
BlandAltman MeasureBlandAltman(const PairedValues& values, double coverage = 0.95);

}  // namespace mhcnn
