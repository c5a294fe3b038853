#include "stats/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"

namespace mhcnn {
namespace {

/// Ranks from 1; ties share their mean rank.
std::vector<double> MidRanks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto i, auto j) { return values[i] < values[j]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i;
    while (j < order.size() && values[order[j]] == values[order[i]]) ++j;
    for (std::size_t k = i; k < j; ++k) ranks[order[k]] = (static_cast<double>(i + j) + 1) / 2;
    i = j;
  }
  return ranks;
}

}  // namespace

double Dice(const cv::Mat1b& a, const cv::Mat1b& b) {
  CV_Assert(a.size() == b.size());
  const double sum = cv::countNonZero(a) + cv::countNonZero(b);
  return sum > 0 ? 2.0 * cv::countNonZero(a & b) / sum : 1.0;
}

double Mean(const std::vector<double>& values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double MeanAbsoluteError(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < a.size(); ++i) errors.push_back(std::abs(a[i] - b[i]));
  return Mean(errors);
}

double Pearson(const std::vector<double>& a, const std::vector<double>& b) {
  const double mean_a = Mean(a), mean_b = Mean(b);
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : std::numeric_limits<double>::quiet_NaN();
}

double Spearman(const std::vector<double>& a, const std::vector<double>& b) {
  return Pearson(MidRanks(a), MidRanks(b));
}

Interval Bootstrap(std::size_t cases,
                   const std::function<double(const std::vector<std::size_t>&)>& statistic,
                   std::uint64_t seed, int resamples, double coverage) {
  std::vector<std::size_t> all(cases);
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::vector<double> values;
  std::vector<std::size_t> draw(cases);
  for (int r = 0; r < resamples; ++r) {
    RandomStream random(seed, static_cast<std::uint64_t>(r));
    for (auto& index : draw) index = random.Integer(static_cast<std::uint32_t>(cases));
    const double value = statistic(draw);
    if (!std::isnan(value)) values.push_back(value);
  }
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    return values[static_cast<std::size_t>(
        std::lround(share * static_cast<double>(values.size() - 1)))];
  };
  return {statistic(all), at((1 - coverage) / 2), at((1 + coverage) / 2)};
}

}  // namespace mhcnn
