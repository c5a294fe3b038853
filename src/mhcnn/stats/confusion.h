#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "mhcnn/stats/statistic.h"

namespace mhcnn {

/// Counts of cases: a row for each true category, a column for each predicted category.
using ConfusionMatrix = Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic>;

/// Categories are 0..classes-1. Throws Error(kInternal) for another one or where the lengths
/// differ.
ConfusionMatrix Confusion(const std::vector<int>& truth, const std::vector<int>& predicted,
                          int classes);

/// A proportion with Wilson's score interval (Wilson 1927; method 3 of Newcombe, Stat Med 17,
/// 1998), without continuity correction. It takes the cases for independent. Undefined without a
/// case.
Estimate Proportion(std::int64_t successes, std::int64_t cases, double coverage = 0.95);

// All of these are undefined without a case.

/// Fraction of cases predicted right, with Wilson's interval.
Estimate Accuracy(const ConfusionMatrix& confusion, double coverage = 0.95);
/// The accuracy of always predicting the majority class of the truth.
Statistic MajorityClassAccuracy(const ConfusionMatrix& confusion);

/// What a disagreement by d categories costs: 1, |d| or d^2.
enum class KappaWeights { kNone, kLinear, kQuadratic };

/// Cohen's kappa (Cohen 1960; weighted: Cohen 1968): 1 - observed / expected cost. Undefined for
/// fewer than two cases, and where truth and prediction are one and the same category throughout.
Statistic Kappa(const ConfusionMatrix& confusion, KappaWeights weights = KappaWeights::kNone);

/// Sensitivity of each category; undefined where no case is of it.
std::vector<Statistic> RecallPerClass(const ConfusionMatrix& confusion);
/// 2 TP / (2 TP + FP + FN) of each category; undefined where it is neither true nor predicted.
std::vector<Statistic> F1PerClass(const ConfusionMatrix& confusion);
/// Mean F1 over the categories that are true or predicted somewhere, as scikit-learn's.
Statistic MacroF1(const ConfusionMatrix& confusion);

}  // namespace mhcnn
