#pragma once

#include <Eigen/Core>

#include "mhcnn/stats/statistic.h"

namespace mhcnn {

/// Intraclass correlations of single ratings with their F-based intervals.
struct IntraclassCorrelations {
  /// ICC(2,1), absolute agreement: raters are a sample of raters, and their offsets count as error.
  Estimate agreement;
  /// ICC(3,1), consistency: these raters alone, and their offsets do not count.
  Estimate consistency;
};

/// Computes the correlations from the two-way analysis of variance of `ratings` (Shrout & Fleiss,
/// "Intraclass correlations", Psychol Bull 86, 1979): a row for each subject, a column for each
/// rater, none missing. Undefined for fewer than two subjects, a single rater, a value that is not
/// finite, or if no rater's ratings differ between subjects; intervals also without a residual.
IntraclassCorrelations MeasureIntraclassCorrelations(const Eigen::MatrixXd& ratings,
                                                     double coverage = 0.95);

}  // namespace mhcnn
