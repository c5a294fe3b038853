#pragma once

#include <Eigen/Core>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/stats/probabilities.h"

namespace mhcnn {

/// Ordered categories by the proportional-odds model (McCullagh, "Regression models for ordinal
/// data", JRSS B 42, 1980): ln(P(Y <= k) / P(Y > k)) = cuts[k] - slopes . x.
struct ProportionalOdds {
  std::vector<double> cuts;    ///< ascending, one fewer than categories
  std::vector<double> slopes;  ///< one for each feature

  /// P(Y = k) for each k. Throws Error(kInternal) where the number of features differs.
  std::vector<double> Predict(const std::vector<double>& features) const;
};

/// The smallest category that is reached with a probability of a half: the median, which cut points
/// give for one feature, and which has the least expected distance from the true category.
int MedianCategory(const std::vector<double>& probabilities);

/// How the model is fitted.
struct ProportionalOddsOptions {
  /// Ridge: half of it times the slopes' squares is taken off the log likelihood, so that
  /// categories which a feature separates without overlap do not give infinite slopes.
  double ridge = 0.1;
  /// Largest number of Newton steps.
  int max_iterations = 200;
  /// How much each case counts, with mean 1 for the ridge to mean the same; empty: 1 each.
  std::vector<double> weights{};

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// A fitted model, or the reason why there is none.
struct ProportionalOddsFit {
  ProportionalOdds model;  ///< valid if `undefined` is empty
  std::string undefined;   ///< why there is none: a category without a case, no convergence
  /// The first category without a case, 0..classes-1, for messages that name it by its letter.
  std::optional<int> missing;
};

/// Maximum likelihood by Newton's method with halved steps. `features`: a row for each case; put
/// them on a scale near 1. Throws Error(kInternal) for a category outside 0..classes-1 or lengths
/// that differ.
ProportionalOddsFit FitProportionalOdds(const Eigen::MatrixXd& features,
                                        const std::vector<int>& truth, int classes,
                                        const ProportionalOddsOptions& options = {});

}  // namespace mhcnn
