#include "mhcnn/stats/least_squares.h"

#include <Eigen/QR>
#include <algorithm>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

constexpr Eigen::Index kMaxColumns = 10;
constexpr double kRounding = 1e-12;

}  // namespace

LinearFit FitLinear(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() != y.size() || x.empty())
    throw Error(ErrorCode::kInternal, "a line needs as many x as y");
  const auto n = static_cast<Eigen::Index>(x.size());
  const Eigen::Map<const Eigen::ArrayXd> xs(x.data(), n), ys(y.data(), n);
  const Eigen::ArrayXd off = xs - xs.mean();
  const double squares = off.square().sum();
  const double slope = squares > 0 ? (off * (ys - ys.mean())).sum() / squares : 0;
  return {ys.mean() - slope * xs.mean(), slope};
}

std::vector<double> NonNegativeLeastSquares(const Eigen::MatrixXd& columns,
                                            const Eigen::VectorXd& wanted) {
  if (columns.rows() != wanted.size() || columns.cols() > kMaxColumns)
    throw Error(ErrorCode::kInternal, "least squares of other rows, or of too many columns");
  Eigen::VectorXd best = Eigen::VectorXd::Zero(columns.cols());
  double least = wanted.squaredNorm();
  // The answer is the plain solution on the columns that it uses.
  for (int subset = 1; subset < 1 << columns.cols(); ++subset) {
    Eigen::MatrixXd used = columns;
    for (Eigen::Index c = 0; c < columns.cols(); ++c) {
      if (!(subset >> c & 1)) used.col(c).setZero();
    }
    const Eigen::VectorXd weights = used.completeOrthogonalDecomposition().solve(wanted);
    const double squares = (wanted - used * weights).squaredNorm();
    if (weights.minCoeff() >= -kRounding && squares < least) {
      least = squares;
      best = weights.cwiseMax(0);
    }
  }
  return {best.begin(), best.end()};
}

}  // namespace mhcnn
