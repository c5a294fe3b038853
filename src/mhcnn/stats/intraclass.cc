#include "mhcnn/stats/intraclass.h"

#include <cmath>
#include <string>

#include "mhcnn/stats/distributions.h"

namespace mhcnn {
namespace {

std::string FindUndefinedReason(const Eigen::MatrixXd& ratings) {
  if (ratings.rows() < 2) return "fewer than 2 subjects";
  if (ratings.cols() < 2) return "a single rater";
  if (!ratings.allFinite()) return "a rating is not a finite number";
  // Compared exactly: mean squares of constant ratings need not come out as 0.
  if ((ratings.rowwise() - ratings.row(0)).isZero(0))
    return "no rater's ratings differ between subjects";
  return {};
}

/// Mean squares of the two-way analysis of variance without replication.
struct MeanSquares {
  double subjects, raters, residual;
};

MeanSquares ComputeMeanSquares(const Eigen::MatrixXd& ratings) {
  const auto n = static_cast<double>(ratings.rows()), k = static_cast<double>(ratings.cols());
  const double mean = ratings.mean();
  const Eigen::VectorXd subjects = ratings.rowwise().mean();
  const Eigen::RowVectorXd raters = ratings.colwise().mean();
  const Eigen::MatrixXd residual =
      ((ratings.colwise() - subjects).rowwise() - raters).array() + mean;
  return {k * (subjects.array() - mean).square().sum() / (n - 1),
          n * (raters.array() - mean).square().sum() / (k - 1),
          residual.squaredNorm() / ((n - 1) * (k - 1))};
}

}  // namespace

IntraclassCorrelations MeasureIntraclassCorrelations(const Eigen::MatrixXd& ratings,
                                                     double coverage) {
  if (const auto why = FindUndefinedReason(ratings); !why.empty()) {
    return {UndefinedEstimate(why), UndefinedEstimate(why)};
  }
  const auto n = static_cast<double>(ratings.rows()), k = static_cast<double>(ratings.cols());
  const auto [subjects, raters, residual] = ComputeMeanSquares(ratings);
  const double agreement =
      (subjects - residual) / (subjects + (k - 1) * residual + k * (raters - residual) / n);
  const double consistency = (subjects - residual) / (subjects + (k - 1) * residual);
  IntraclassCorrelations icc{UndefinedEstimate("the ratings leave no residual"),
                             UndefinedEstimate("the ratings leave no residual")};
  icc.agreement.value = Defined(agreement);
  icc.consistency.value = Defined(consistency);
  if (residual <= 1e-24 * (subjects + raters)) return icc;  // no more than rounding

  const double fraction = (1 + coverage) / 2, of_subjects = n - 1, of_residual = (n - 1) * (k - 1);
  // Shrout & Fleiss's interval of ICC(3,1).
  const double ratio = subjects / residual;
  const double below = ratio / FisherQuantile(fraction, of_subjects, of_residual);
  const double above = ratio * FisherQuantile(fraction, of_residual, of_subjects);
  icc.consistency.low = Defined((below - 1) / (below + k - 1));
  icc.consistency.high = Defined((above - 1) / (above + k - 1));
  // And of ICC(2,1), with Satterthwaite's degrees of freedom of the denominator.
  const double by_raters = k * agreement * raters / residual;
  const double by_rest = n * (1 + (k - 1) * agreement) - k * agreement;
  const double freedom = of_residual * (by_raters + by_rest) * (by_raters + by_rest) /
                         ((n - 1) * by_raters * by_raters + by_rest * by_rest);
  if (!(freedom > 1e-6 && std::isfinite(freedom))) {
    icc.agreement.low = icc.agreement.high =
        Undefined("the raters' sums do not differ between subjects");
    return icc;
  }
  const double f_low = FisherQuantile(fraction, of_subjects, freedom);
  const double f_high = FisherQuantile(fraction, freedom, of_subjects);
  const double rest = k * raters + (k * n - k - n) * residual;
  icc.agreement.low = Defined(n * (subjects - f_low * residual) / (f_low * rest + n * subjects));
  icc.agreement.high = Defined(n * (f_high * subjects - residual) / (rest + n * f_high * subjects));
  return icc;
}

}  // namespace mhcnn
