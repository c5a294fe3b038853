#include "mhcnn/stats/roc.h"

#include <algorithm>
#include <utility>

#include "mhcnn/stats/probabilities.h"

namespace mhcnn {

std::vector<RocPoint> RocCurve(const std::vector<double>& scores,
                               const std::vector<bool>& positive) {
  if (!Auc(scores, positive).defined()) return {};
  std::vector<std::pair<double, bool>> order(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) order[i] = {scores[i], positive[i]};
  std::sort(order.begin(), order.end(),
            [](const auto& a, const auto& b) { return a.first > b.first; });
  const auto positives = static_cast<double>(std::count(positive.begin(), positive.end(), true));
  const double negatives = static_cast<double>(positive.size()) - positives;
  std::vector<RocPoint> curve = {{0, 0}};
  double right = 0, wrong = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    (order[i].second ? right : wrong) += 1;
    const bool last_of_equals = i + 1 == order.size() || order[i + 1].first < order[i].first;
    if (last_of_equals) curve.push_back({wrong / negatives, right / positives});
  }
  return curve;
}

}  // namespace mhcnn
