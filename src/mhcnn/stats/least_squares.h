#pragma once

#include <Eigen/Core>
#include <vector>

namespace mhcnn {

/// Linear function: intercept + slope * x.
struct LinearFit {
  double intercept = 0, slope = 1;  ///< coefficients
};
/// Fits y on x by least squares; slope 0 if x is constant. Throws Error(kInternal) if they differ
/// in number or are empty.
LinearFit FitLinear(const std::vector<double>& x, const std::vector<double>& y);

/// Returns the weights of the columns, none below 0, with the least sum of squares (Lawson &
/// Hanson, "Solving Least Squares Problems", 1974, chapter 23). Tries all subsets of at most 10
/// columns. Throws Error(kInternal) if the rows differ in number or there are more columns.
std::vector<double> NonNegativeLeastSquares(const Eigen::MatrixXd& columns,
                                            const Eigen::VectorXd& wanted);

}  // namespace mhcnn
