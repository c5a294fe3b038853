#include "mhcnn/stats/confusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "mhcnn/base/error.h"
#include "mhcnn/stats/distributions.h"

namespace mhcnn {
namespace {

double Cost(Eigen::Index truth, Eigen::Index predicted, KappaWeights weights) {
  const auto apart = static_cast<double>(std::abs(truth - predicted));
  switch (weights) {
    case KappaWeights::kNone:
      return apart > 0 ? 1 : 0;
    case KappaWeights::kLinear:
      return apart;
    case KappaWeights::kQuadratic:
      return apart * apart;
  }
  return 0;
}

}  // namespace

ConfusionMatrix Confusion(const std::vector<int>& truth, const std::vector<int>& predicted,
                          int classes) {
  if (truth.size() != predicted.size()) {
    throw Error(ErrorCode::kInternal, "true and found categories differ in number");
  }
  ConfusionMatrix confusion = ConfusionMatrix::Zero(classes, classes);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (std::min(truth[i], predicted[i]) < 0 || std::max(truth[i], predicted[i]) >= classes) {
      throw Error(ErrorCode::kInternal, fmt::format("a category is not in 0..{}", classes - 1));
    }
    ++confusion(truth[i], predicted[i]);
  }
  return confusion;
}

Estimate Proportion(std::int64_t successes, std::int64_t cases, double coverage) {
  if (cases <= 0) return UndefinedEstimate("no case");
  const auto n = static_cast<double>(cases);
  const double p = static_cast<double>(successes) / n;
  const double z = NormalQuantile((1 + coverage) / 2), zz = z * z;
  const double centre = (p + zz / (2 * n)) / (1 + zz / n);
  const double half = z / (1 + zz / n) * std::sqrt(p * (1 - p) / n + zz / (4 * n * n));
  // The ends are 0 and 1 exactly where none or all succeed, which rounding would miss.
  return {Defined(p), Defined(successes == 0 ? 0 : centre - half),
          Defined(successes == cases ? 1 : centre + half)};
}

Estimate Accuracy(const ConfusionMatrix& confusion, double coverage) {
  return Proportion(confusion.trace(), confusion.sum(), coverage);
}

Statistic MajorityClassAccuracy(const ConfusionMatrix& confusion) {
  const std::int64_t cases = confusion.sum();
  if (cases == 0) return Undefined("no case");
  return Defined(static_cast<double>(confusion.rowwise().sum().maxCoeff()) /
                 static_cast<double>(cases));
}

Statistic Kappa(const ConfusionMatrix& confusion, KappaWeights weights) {
  const std::int64_t cases = confusion.sum();
  if (cases == 0) return Undefined("no case");
  if (cases < 2) return Undefined("fewer than 2 cases");
  const Eigen::VectorXd truth = confusion.rowwise().sum().cast<double>();
  const Eigen::RowVectorXd predicted = confusion.colwise().sum().cast<double>();
  double observed = 0, expected = 0;
  for (Eigen::Index t = 0; t < confusion.rows(); ++t) {
    for (Eigen::Index f = 0; f < confusion.cols(); ++f) {
      const double cost = Cost(t, f, weights);
      observed += cost * static_cast<double>(confusion(t, f));
      expected += cost * truth(t) * predicted(f) / static_cast<double>(cases);
    }
  }
  if (expected == 0) return Undefined("truth and found are one category throughout");
  return Defined(1 - observed / expected);
}

std::vector<Statistic> RecallPerClass(const ConfusionMatrix& confusion) {
  std::vector<Statistic> recall;
  for (Eigen::Index c = 0; c < confusion.rows(); ++c) {
    const std::int64_t cases = confusion.row(c).sum();
    recall.push_back(
        cases == 0 ? Undefined(fmt::format("no case of category {}", c))
                   : Defined(static_cast<double>(confusion(c, c)) / static_cast<double>(cases)));
  }
  return recall;
}

std::vector<Statistic> F1PerClass(const ConfusionMatrix& confusion) {
  std::vector<Statistic> f1;
  for (Eigen::Index c = 0; c < confusion.rows(); ++c) {
    const std::int64_t sum = confusion.row(c).sum() + confusion.col(c).sum();
    f1.push_back(
        sum == 0 ? Undefined(fmt::format("category {} is neither true nor found", c))
                 : Defined(2 * static_cast<double>(confusion(c, c)) / static_cast<double>(sum)));
  }
  return f1;
}

Statistic MacroF1(const ConfusionMatrix& confusion) {
  if (confusion.sum() == 0) return Undefined("no case");
  return MeanDefined(F1PerClass(confusion));
}

}  // namespace mhcnn
