#pragma once

#include <vector>

namespace mhcnn {

/// Point of an ROC curve: rates if all scores of at least some threshold count as positive.
struct RocPoint {
  double false_positive_rate = 0, true_positive_rate = 0;  ///< 0..1
};

/// Returns the ROC curve from (0, 0) to (1, 1), a point for each different score; equal scores make
/// one slanted step, so that the area under it by trapezia is Auc (probabilities.h). Empty if that
/// is undefined. Throws Error(kInternal) if the lengths differ.
std::vector<RocPoint> RocCurve(const std::vector<double>& scores,
                               const std::vector<bool>& positive);

}  // namespace mhcnn
