#pragma once

#include <Eigen/Core>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/stats/probabilities.h"

namespace mhcnn {

/// Proportional-odds model of ordered categories (McCullagh, "Regression models for ordinal data",
/// JRSS B 42, 1980): ln(P(Y <= k) / P(Y > k)) = cuts[k] - slopes . x.
struct ProportionalOdds {
  std::vector<double> cuts;    ///< ascending, one fewer than categories
  std::vector<double> slopes;  ///< one for each feature

  /// Returns P(Y = k) for each k. Throws Error(kInternal) if the number of features differs.
  std::vector<double> Predict(const std::vector<double>& features) const;
};

/// Returns the median, the smallest category that is reached with a probability of a half: for one
/// feature cut points give it, and it has the least expected distance from the true category.
int MedianCategory(const std::vector<double>& probabilities);

/// Options of the fit.
struct ProportionalOddsOptions {
  /// Ridge: half of it times the squares of the slopes is subtracted from the log likelihood, so
  /// that categories which a feature separates without overlap do not give infinite slopes.
  double ridge = 0.1;
  /// Largest number of Newton steps.
  int max_iterations = 200;
  /// Weights of the cases, with mean 1 for the ridge to mean the same; empty: 1 each.
  std::vector<double> weights{};

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// A fitted model, or the reason why there is none.
struct ProportionalOddsFit {
  ProportionalOdds model;  ///< valid if `undefined` is empty
  std::string undefined;   ///< reason: a category without a case, or no convergence
  /// The first category without a case, 0..classes-1, for messages that name it by its letter.
  std::optional<int> missing;
};

/// Fits by maximum likelihood with Newton's method and halved steps. `features`: a row for each
/// case, on a scale near 1. Throws Error(kInternal) for a category outside 0..classes-1 or lengths
/// that differ.
ProportionalOddsFit FitProportionalOdds(const Eigen::MatrixXd& features,
                                        const std::vector<int>& truth, int classes,
                                        const ProportionalOddsOptions& options = {});

}  // namespace mhcnn
