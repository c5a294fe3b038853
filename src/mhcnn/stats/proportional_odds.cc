#include "mhcnn/stats/proportional_odds.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"

namespace mhcnn {
namespace {

constexpr double kTiny = 1e-300;

double Logistic(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

/// Parameters: the cuts, then the slopes.
struct LikelihoodProblem {
  const Eigen::MatrixXd& features;
  const std::vector<int>& truth;
  Eigen::Index cuts;
  double ridge;
  const std::vector<double>& weights;

  double CaseWeight(Eigen::Index i) const {
    return weights.empty() ? 1 : weights[static_cast<std::size_t>(i)];
  }
  Eigen::Index size() const { return cuts + features.cols(); }

  /// Penalised log likelihood; minus infinity where the cuts do not ascend.
  double Value(const Eigen::VectorXd& parameters) const {
    for (Eigen::Index k = 1; k < cuts; ++k) {
      if (parameters(k) <= parameters(k - 1)) return -std::numeric_limits<double>::infinity();
    }
    const auto slopes = parameters.tail(features.cols());
    double value = -0.5 * ridge * slopes.squaredNorm();
    for (Eigen::Index i = 0; i < features.rows(); ++i) {
      const double score = features.row(i).dot(slopes);
      const int y = truth[static_cast<std::size_t>(i)];
      const double upper = y == cuts ? 1 : Logistic(parameters(y) - score);
      const double lower = y == 0 ? 0 : Logistic(parameters(y - 1) - score);
      value += CaseWeight(i) * std::log(std::max(kTiny, upper - lower));
    }
    return value;
  }

  /// Gradient and the negative of the Hessian (which is positive semidefinite: the log likelihood
  /// is concave, Pratt 1981).
  void Derivatives(const Eigen::VectorXd& parameters, Eigen::VectorXd& gradient,
                   Eigen::MatrixXd& curvature) const {
    gradient.setZero(size());
    curvature.setZero(size(), size());
    const auto slopes = parameters.tail(features.cols());
    for (Eigen::Index i = 0; i < features.rows(); ++i) {
      const double score = features.row(i).dot(slopes);
      const int y = truth[static_cast<std::size_t>(i)];
      // P = F(a) - F(b) of a = cut y - score, b = cut y-1 - score; f, f' are F's derivatives.
      const double upper = y == cuts ? 1 : Logistic(parameters(y) - score);
      const double lower = y == 0 ? 0 : Logistic(parameters(y - 1) - score);
      const double p = std::max(kTiny, upper - lower);
      const double fa = upper * (1 - upper), fb = lower * (1 - lower);
      Eigen::VectorXd da = Eigen::VectorXd::Zero(size()), db = da;
      if (y < cuts) {
        da(y) = 1;
        da.tail(features.cols()) = -features.row(i);
      }
      if (y > 0) {
        db(y - 1) = 1;
        db.tail(features.cols()) = -features.row(i);
      }
      const Eigen::VectorXd dp = fa * da - fb * db;
      gradient += CaseWeight(i) * dp / p;
      curvature += CaseWeight(i) *
                   (dp * dp.transpose() / (p * p) - (fa * (1 - 2 * upper) * da * da.transpose() -
                                                     fb * (1 - 2 * lower) * db * db.transpose()) /
                                                        p);
    }
    gradient.tail(features.cols()) -= ridge * slopes;
    curvature.diagonal().tail(features.cols()).array() += ridge;
  }

  /// Cuts that give each category its share, no slope.
  Eigen::VectorXd Start(const std::vector<int>& counts) const {
    Eigen::VectorXd parameters = Eigen::VectorXd::Zero(size());
    double below = 0;
    for (Eigen::Index k = 0; k < cuts; ++k) {
      below += counts[static_cast<std::size_t>(k)];
      parameters(k) = std::log(below / (static_cast<double>(truth.size()) - below));
    }
    return parameters;
  }
};

}  // namespace

std::vector<double> ProportionalOdds::Predict(const std::vector<double>& features) const {
  if (features.size() != slopes.size())
    throw Error(ErrorCode::kInternal, "another number of features than the model was fitted on");
  const double score = std::inner_product(slopes.begin(), slopes.end(), features.begin(), 0.0);
  std::vector<double> probabilities;
  double below = 0;
  for (const double cut : cuts) {
    const double reached = Logistic(cut - score);
    probabilities.push_back(std::max(0.0, reached - below));
    below = reached;
  }
  probabilities.push_back(1 - below);
  return probabilities;
}

int MedianCategory(const std::vector<double>& probabilities) {
  double reached = 0;
  for (std::size_t k = 0; k + 1 < probabilities.size(); ++k) {
    reached += probabilities[k];
    if (reached >= 0.5) return static_cast<int>(k);
  }
  return static_cast<int>(probabilities.size()) - 1;
}

void ProportionalOddsOptions::Check() const {
  CheckAtLeast("ridge", ridge, 0);
  CheckAtLeast("max_iterations", max_iterations, 1);
  for (const double weight : weights) CheckAtLeast("weights", weight, 0);
}

ProportionalOddsFit FitProportionalOdds(const Eigen::MatrixXd& features,
                                        const std::vector<int>& truth, int classes,
                                        const ProportionalOddsOptions& options) {
  options.Check();
  if (features.rows() != static_cast<Eigen::Index>(truth.size()))
    throw Error(ErrorCode::kInternal, "features and truth differ in number");
  if (!options.weights.empty() && options.weights.size() != truth.size())
    throw Error(ErrorCode::kInternal, "weights and truth differ in number");
  std::vector<int> counts(static_cast<std::size_t>(classes), 0);
  for (const int y : truth) {
    if (y < 0 || y >= classes) throw Error(ErrorCode::kInternal, "a category is out of range");
    ++counts[static_cast<std::size_t>(y)];
  }
  ProportionalOddsFit fit;
  for (int k = 0; k < classes; ++k) {
    if (counts[static_cast<std::size_t>(k)] == 0) {
      fit.undefined = "no case of category " + std::to_string(k);
      fit.missing = k;
      return fit;
    }
  }
  if (!features.allFinite()) {
    fit.undefined = "a feature is not finite";
    return fit;
  }
  const LikelihoodProblem problem{features, truth, classes - 1, options.ridge, options.weights};
  Eigen::VectorXd parameters = problem.Start(counts), gradient;
  Eigen::MatrixXd curvature;
  double value = problem.Value(parameters);
  for (int step = 0; step < options.max_iterations; ++step) {
    problem.Derivatives(parameters, gradient, curvature);
    if (gradient.lpNorm<Eigen::Infinity>() < 1e-8) {
      fit.model.cuts.assign(parameters.data(), parameters.data() + problem.cuts);
      fit.model.slopes.assign(parameters.data() + problem.cuts, parameters.data() + problem.size());
      return fit;
    }
    const Eigen::VectorXd direction = curvature.ldlt().solve(gradient);
    double length = 1, next = 0;
    do {
      next = problem.Value(parameters + length * direction);
      length /= 2;
    } while (!(next >= value - 1e-12) && length > 1e-12);
    parameters += 2 * length * direction;
    value = problem.Value(parameters);
  }
  fit.undefined = "the fit of the categories does not converge";
  return fit;
}

}  // namespace mhcnn
