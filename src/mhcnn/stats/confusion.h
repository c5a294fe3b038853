#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "mhcnn/stats/statistic.h"

namespace mhcnn {

/// Counts of cases: a row for each true category, a column for each predicted category.
using ConfusionMatrix = Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic>;

/// Counts the cases by true and predicted category, 0..classes-1. Throws Error(kInternal) for
/// another category or if the lengths differ.
ConfusionMatrix Confusion(const std::vector<int>& truth, const std::vector<int>& predicted,
                          int classes);

/// Returns a proportion with Wilson's score interval (Wilson 1927; method 3 of Newcombe, Stat Med
/// 17, 1998), without continuity correction. It assumes that the cases are independent. Undefined
/// without a case.
Estimate Proportion(std::int64_t successes, std::int64_t cases, double coverage = 0.95);

// All of these are undefined without a case.

/// Returns the fraction of correctly predicted cases, with Wilson's interval.
Estimate Accuracy(const ConfusionMatrix& confusion, double coverage = 0.95);
/// Returns the accuracy of always predicting the majority class of the truth.
Statistic MajorityClassAccuracy(const ConfusionMatrix& confusion);

/// Weights of a disagreement by d categories: 1, |d| or d^2.
enum class KappaWeights { kNone, kLinear, kQuadratic };

/// Returns Cohen's kappa (Cohen 1960; weighted: Cohen 1968): 1 - observed / expected cost.
/// Undefined for fewer than two cases, and if truth and prediction are the same single category.
Statistic Kappa(const ConfusionMatrix& confusion, KappaWeights weights = KappaWeights::kNone);

/// Returns the sensitivity of each category; undefined without a case of the category.
std::vector<Statistic> RecallPerClass(const ConfusionMatrix& confusion);
/// Returns F1 of each category, 2 TP / (2 TP + FP + FN); undefined if neither true nor predicted.
std::vector<Statistic> F1PerClass(const ConfusionMatrix& confusion);
/// Returns the mean F1 over the categories that are true or predicted, as scikit-learn does.
Statistic MacroF1(const ConfusionMatrix& confusion);

}  // namespace mhcnn
