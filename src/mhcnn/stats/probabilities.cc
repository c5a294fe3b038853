#include "mhcnn/stats/probabilities.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {
namespace {

constexpr double kSumTolerance = 1e-3;  // probabilities read from a table are rounded

std::string FindUndefinedReason(const std::vector<int>& truth, const Probabilities& probabilities) {
  if (static_cast<Eigen::Index>(truth.size()) != probabilities.rows()) {
    throw Error(ErrorCode::kInternal, "truth and probabilities differ in number");
  }
  for (const int category : truth) {
    if (category < 0 || category >= probabilities.cols()) {
      throw Error(ErrorCode::kInternal,
                  fmt::format("a category is not in 0..{}", probabilities.cols() - 1));
    }
  }
  if (truth.empty()) return "no case";
  const bool distributions =
      probabilities.allFinite() && (probabilities.array() >= 0).all() &&
      ((probabilities.rowwise().sum().array() - 1).abs() <= kSumTolerance).all();
  return distributions ? "" : "the probabilities of a case are no distribution";
}

bool AnyNaN(const std::vector<double>& scores) {
  return std::any_of(scores.begin(), scores.end(), [](double s) { return std::isnan(s); });
}

Eigen::Index TopCategory(const Probabilities& probabilities, Eigen::Index row) {
  Eigen::Index top = 0;
  for (Eigen::Index c = 1; c < probabilities.cols(); ++c) {
    if (probabilities(row, c) > probabilities(row, top)) top = c;
  }
  return top;
}

}  // namespace

Probabilities Select(const Probabilities& probabilities, const std::vector<std::size_t>& indices) {
  Probabilities selected(static_cast<Eigen::Index>(indices.size()), probabilities.cols());
  for (Eigen::Index c = 0; c < probabilities.cols(); ++c) {
    for (std::size_t i = 0; i < indices.size(); ++i) {
      selected(static_cast<Eigen::Index>(i), c) =
          probabilities(static_cast<Eigen::Index>(indices[i]), c);
    }
  }
  return selected;
}

Statistic Auc(const std::vector<double>& scores, const std::vector<bool>& positive) {
  if (scores.size() != positive.size()) {
    throw Error(ErrorCode::kInternal, "scores and truth differ in number");
  }
  if (AnyNaN(scores)) return Undefined("a score is NaN");
  const auto positives = static_cast<double>(std::count(positive.begin(), positive.end(), true));
  const double negatives = static_cast<double>(positive.size()) - positives;
  if (positives == 0) return Undefined("no positive case");
  if (negatives == 0) return Undefined("no negative case");
  const std::vector<double> ranks = MidRanks(scores);
  double sum = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    if (positive[i]) sum += ranks[i];
  }
  return Defined((sum - positives * (positives + 1) / 2) / (positives * negatives));
}

std::vector<Statistic> AucPerClass(const std::vector<int>& truth,
                                   const Probabilities& probabilities) {
  std::vector<Statistic> areas;
  const std::string why = FindUndefinedReason(truth, probabilities);
  for (Eigen::Index c = 0; c < probabilities.cols(); ++c) {
    if (!why.empty()) {
      areas.push_back(Undefined(why));
      continue;
    }
    std::vector<double> scores(probabilities.col(c).begin(), probabilities.col(c).end());
    std::vector<bool> positive(truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i) positive[i] = truth[i] == c;
    Statistic area = Auc(scores, positive);
    if (!area.defined()) {
      area = Undefined(std::find(positive.begin(), positive.end(), true) == positive.end()
                           ? fmt::format("no case of category {}", c)
                           : fmt::format("no case of another category than {}", c));
    }
    areas.push_back(std::move(area));
  }
  return areas;
}

Statistic MacroAuc(const std::vector<int>& truth, const Probabilities& probabilities) {
  const std::vector<Statistic> areas = AucPerClass(truth, probabilities);
  for (const auto& area : areas) {
    if (!area.defined()) return area;
  }
  return MeanDefined(areas);
}

std::vector<double> ExpectedCategory(const Probabilities& probabilities) {
  const Eigen::VectorXd categories = Eigen::VectorXd::LinSpaced(
      probabilities.cols(), 0, static_cast<double>(probabilities.cols() - 1));
  const Eigen::VectorXd expected = probabilities * categories;
  return {expected.begin(), expected.end()};
}

Statistic OrdinalAuc(const std::vector<int>& truth, const std::vector<double>& scores) {
  if (scores.size() != truth.size()) {
    throw Error(ErrorCode::kInternal, "scores and truth differ in number");
  }
  if (truth.empty()) return Undefined("no case");
  if (AnyNaN(scores)) return Undefined("a score is NaN");
  if (*std::min_element(truth.begin(), truth.end()) < 0) {
    throw Error(ErrorCode::kInternal, "a category is below 0");
  }
  const auto classes = static_cast<std::size_t>(*std::max_element(truth.begin(), truth.end())) + 1;
  std::vector<std::pair<double, std::size_t>> order(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    order[i] = {scores[i], static_cast<std::size_t>(truth[i])};
  }
  std::sort(order.begin(), order.end());
  // Cases of each category with a lower score, and with this score; pairs counted twice, so that a
  // tie's half is a whole number.
  std::vector<double> lower(classes), equal(classes);
  const auto higher_in_second = [classes](const auto& first, const auto& second) {
    double below = 0, pairs = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      pairs += below * second[c];
      below += first[c];
    }
    return pairs;
  };
  double right_twice = 0;
  for (std::size_t i = 0; i < order.size();) {
    std::fill(equal.begin(), equal.end(), 0.0);
    const double score = order[i].first;
    for (; i < order.size() && order[i].first == score; ++i) ++equal[order[i].second];
    right_twice += 2 * higher_in_second(lower, equal) + higher_in_second(equal, equal);
    for (std::size_t c = 0; c < classes; ++c) lower[c] += equal[c];
  }
  const double pairs = higher_in_second(lower, lower);
  if (pairs == 0) return Undefined("all cases are of one category");
  return Defined(right_twice / (2 * pairs));
}

Statistic BrierScore(const std::vector<int>& truth, const Probabilities& probabilities) {
  if (const auto why = FindUndefinedReason(truth, probabilities); !why.empty())
    return Undefined(why);
  double sum = probabilities.squaredNorm();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    sum += 1 - 2 * probabilities(static_cast<Eigen::Index>(i), truth[i]);
  }
  return Defined(sum / static_cast<double>(truth.size()));
}

Statistic LogLoss(const std::vector<int>& truth, const Probabilities& probabilities) {
  if (const auto why = FindUndefinedReason(truth, probabilities); !why.empty())
    return Undefined(why);
  constexpr double kMinProbability = std::numeric_limits<double>::epsilon();
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double p = probabilities(static_cast<Eigen::Index>(i), truth[i]);
    sum -= std::log(std::clamp(p, kMinProbability, 1 - kMinProbability));
  }
  return Defined(sum / static_cast<double>(truth.size()));
}

std::vector<CalibrationBin> CalibrationCurve(const std::vector<int>& truth,
                                             const Probabilities& probabilities, int bins) {
  if (bins < 1) throw Error(ErrorCode::kInternal, "a calibration curve needs a bin");
  if (!FindUndefinedReason(truth, probabilities).empty()) return {};
  std::vector<CalibrationBin> curve(static_cast<std::size_t>(bins));
  std::vector<double> confidence(curve.size()), right(curve.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    const Eigen::Index top = TopCategory(probabilities, row);
    const double p = probabilities(row, top);
    const int bin = std::clamp(static_cast<int>(std::ceil(p * bins)) - 1, 0, bins - 1);
    const auto b = static_cast<std::size_t>(bin);
    ++curve[b].cases;
    confidence[b] += p;
    right[b] += truth[i] == top;
  }
  for (std::size_t b = 0; b < curve.size(); ++b) {
    curve[b].low = static_cast<double>(b) / bins;
    curve[b].high = static_cast<double>(b + 1) / bins;
    const auto cases = static_cast<double>(curve[b].cases);
    curve[b].confidence = cases > 0 ? Defined(confidence[b] / cases) : Undefined("no case");
    curve[b].accuracy = cases > 0 ? Defined(right[b] / cases) : Undefined("no case");
  }
  return curve;
}

Statistic ExpectedCalibrationError(const std::vector<int>& truth,
                                   const Probabilities& probabilities, int bins) {
  if (const auto why = FindUndefinedReason(truth, probabilities); !why.empty())
    return Undefined(why);
  double sum = 0;
  for (const auto& bin : CalibrationCurve(truth, probabilities, bins)) {
    if (bin.cases == 0) continue;
    sum += static_cast<double>(bin.cases) * std::abs(*bin.accuracy.value - *bin.confidence.value);
  }
  return Defined(sum / static_cast<double>(truth.size()));
}

}  // namespace mhcnn
