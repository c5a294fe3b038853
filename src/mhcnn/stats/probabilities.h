#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "mhcnn/stats/statistic.h"

namespace mhcnn {

/// Probabilities of the categories: a row for each case, a column for each category.
using Probabilities = Eigen::MatrixXd;

/// Returns the rows at these indices, which may repeat.
Probabilities Select(const Probabilities& probabilities, const std::vector<std::size_t>& indices);

// All throw Error(kInternal) where truth and probabilities (or scores) differ in number or a true
// category is none of 0..K-1, and are undefined without a case or where the probabilities of a case
// are no distribution (one below 0 or not finite, or a sum off 1 by more than 0.001).

/// Returns the area under the ROC curve: the fraction of pairs (a positive, a negative) in which
/// the positive has the higher score, ties counting half (Hanley & McNeil, Radiology 143, 1982).
/// Undefined without a positive or without a negative, and if a score is NaN.
Statistic Auc(const std::vector<double>& scores, const std::vector<bool>& positive);
/// Returns the AUC of each category against all others, by its probability.
std::vector<Statistic> AucPerClass(const std::vector<int>& truth,
                                   const Probabilities& probabilities);
/// Returns the unweighted mean AUC over all categories; undefined if one of them is undefined, as a
/// mean over fewer categories is another quantity.
Statistic MacroAuc(const std::vector<int>& truth, const Probabilities& probabilities);

/// Returns the sum of category times probability of each case: a score along ordered categories.
std::vector<double> ExpectedCategory(const Probabilities& probabilities);
/// Returns the probability that of two cases of different true categories the one of the higher
/// category has the higher score, ties in the score counting half: Harrell's concordance index, AUC
/// for two categories. Undefined if all cases are of one category or a score is NaN.
Statistic OrdinalAuc(const std::vector<int>& truth, const std::vector<double>& scores);

/// Returns the mean over cases of |probabilities - truth|^2 (Brier 1950): 0..2.
Statistic BrierScore(const std::vector<int>& truth, const Probabilities& probabilities);
/// Returns the mean of -ln of the true category's probability, which counts as at least 2^-52, as
/// in scikit-learn, so that one case does not make the mean infinite.
Statistic LogLoss(const std::vector<int>& truth, const Probabilities& probabilities);

/// Bin of cases whose top probability (their confidence) is in (low, high].
struct CalibrationBin {
  double low = 0, high = 0;  ///< ends of the bin, 0..1
  std::size_t cases = 0;     ///< cases in the bin
  Statistic confidence;      ///< mean top probability; undefined without a case
  Statistic accuracy;        ///< fraction whose top category (the first of equal ones) is right
};

/// Returns the reliability diagram of the top category with `bins` equal widths over 0..1. Empty if
/// the statistics are undefined.
std::vector<CalibrationBin> CalibrationCurve(const std::vector<int>& truth,
                                             const Probabilities& probabilities, int bins = 15);
/// Returns the mean over cases of their bin's |accuracy - confidence| (Guo et al., "On calibration
/// of modern neural networks", ICML 2017). Above 0 even if calibrated, larger for fewer cases.
Statistic ExpectedCalibrationError(const std::vector<int>& truth,
                                   const Probabilities& probabilities, int bins = 15);

}  // namespace mhcnn
