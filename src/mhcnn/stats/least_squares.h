#pragma once

#include <Eigen/Core>
#include <vector>

namespace mhcnn {

/// intercept + slope * x.
struct LinearFit {
  double intercept = 0, slope = 1;  ///< coefficients
};
/// Least squares of y on x; slope 0 where x is constant. Throws Error(kInternal) where they differ
/// in number or are none.
LinearFit FitLinear(const std::vector<double>& x, const std::vector<double>& y);

/// Weights of the columns, none below 0, with the least sum of squares (Lawson & Hanson, "Solving
/// Least Squares Problems", 1974, chapter 23). Tries all subsets of the columns, of which there may
/// be at most 10. Throws Error(kInternal) where the rows differ in number or there are more.
std::vector<double> NonNegativeLeastSquares(const Eigen::MatrixXd& columns,
                                            const Eigen::VectorXd& wanted);

}  // namespace mhcnn
