#pragma once

#include "mhcnn/stats/statistic.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {

// Agreement of a measurement with its truth, pair by pair, in the unit of the values. Undefined
// where there is no case (fewer than two from Pearson on) or a value is not finite. Intervals come
// from ClusterBootstrap (bootstrap.h), but for Bland-Altman's.

/// Mean of predicted - truth: above 0 where too much is predicted.
Statistic Bias(const PairedValues& values);
/// Mean of |predicted - truth|.
Statistic MeanAbsoluteError(const PairedValues& values);
/// Square root of the mean of (predicted - truth)^2.
Statistic RootMeanSquareError(const PairedValues& values);

/// Pearson's r; undefined where one side is constant.
Statistic Pearson(const PairedValues& values);
/// Spearman's rho: Pearson's r of mid-ranks; undefined where one side is constant.
Statistic Spearman(const PairedValues& values);
/// Lin's concordance correlation coefficient with variances over n, as in Lin, "A concordance
/// correlation coefficient to evaluate reproducibility", Biometrics 45, 1989: unlike Pearson's r it
/// falls with a bias or a scale. Undefined where both sides are constant.
Statistic Concordance(const PairedValues& values);

/// Bland & Altman, "Measuring agreement in method comparison studies", Stat Methods Med Res 8,
/// 1999: differences predicted - truth.
struct BlandAltman {
  Estimate bias;                      ///< mean difference
  Statistic deviation;                ///< standard deviation of the differences, over n - 1
  Estimate lower_limit, upper_limit;  ///< bias -/+ 1.96 deviations
};

/// Intervals by Student's t with n - 1 degrees of freedom: standard errors s / sqrt(n) of the bias
/// and s sqrt(1 / n + 1.96^2 / (2 (n - 1))) of a limit (section 2.2 of the paper). They take the
/// differences for independent and normal: for several images of a patient, use the bootstrap.
/// Undefined for fewer than two cases.
BlandAltman MeasureBlandAltman(const PairedValues& values, double coverage = 0.95);

}  // namespace mhcnn
