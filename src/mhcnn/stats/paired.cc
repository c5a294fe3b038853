#include "mhcnn/stats/paired.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/random.h"
#include "mhcnn/stats/agreement.h"
#include "mhcnn/stats/distributions.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {
namespace {

constexpr std::uint32_t kSigns = 0x7369676E;  // the stream's purpose
constexpr std::size_t kMaxExactRanks = 25;

bool AllFinite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

/// P(W <= w), W the rank sum of n fair signs, by counting subsets of 1..n by their sum.
double RankSumCdf(double w, std::size_t n) {
  std::vector<double> subsets(n * (n + 1) / 2 + 1);  // at most 2^25, exact as double
  subsets[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t sum = rank * (rank + 1) / 2; sum >= rank; --sum) {
      subsets[sum] += subsets[sum - rank];
    }
  }
  const auto end = subsets.begin() + static_cast<std::ptrdiff_t>(w) + 1;
  return std::accumulate(subsets.begin(), end, 0.0) / std::pow(2.0, static_cast<double>(n));
}

/// Sum of t^3 - t over the groups of t equal values.
double TieTerm(std::vector<double> sizes) {
  std::sort(sizes.begin(), sizes.end());
  double term = 0;
  for (std::size_t i = 0; i < sizes.size();) {
    std::size_t j = i;
    while (j < sizes.size() && sizes[j] == sizes[i]) ++j;
    const auto t = static_cast<double>(j - i);
    term += t * t * t - t;
    i = j;
  }
  return term;
}

}  // namespace

void PermutationOptions::Check() const { CheckAtLeast("permutations", permutations, 1); }

PermutationTest SignFlipTest(const std::vector<double>& differences, const Clusters& clusters,
                             const PermutationOptions& options) {
  options.Check();
  PermutationTest test;
  const std::vector<double> sums = clusters.Sums(differences);
  if (sums.size() < 2) {
    test.p = Undefined(sums.empty() ? "no case" : "fewer than 2 patients");
    return test;
  }
  if (!AllFinite(differences)) {
    test.p = Undefined("a difference is not a finite number");
    return test;
  }
  double total = 0, scale = 0;
  for (const double sum : sums) {
    total += sum;
    scale += std::abs(sum);
  }
  // Sums that are equal but for the order of their terms count as equal.
  const double seen = std::abs(total) - 1e-12 * scale;
  std::int64_t as_extreme = 0;
  const auto count = [&](auto negative) {
    double flipped = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) flipped += negative(i) ? -sums[i] : sums[i];
    as_extreme += std::abs(flipped) >= seen;
  };
  test.exact = sums.size() < 31 && (1 << sums.size()) <= options.permutations;
  if (test.exact) {
    test.patterns = 1 << sums.size();
    for (std::int64_t pattern = 0; pattern < test.patterns; ++pattern) {
      count([pattern](std::size_t i) { return (pattern >> i & 1) != 0; });
    }
    test.p = Defined(static_cast<double>(as_extreme) / static_cast<double>(test.patterns));
    return test;
  }
  test.patterns = options.permutations;
  for (std::int64_t pattern = 0; pattern < test.patterns; ++pattern) {
    RandomStream random(options.seed, static_cast<std::uint64_t>(pattern), kSigns);
    std::uint32_t bits = 0;
    count([&](std::size_t i) {
      if (i % 32 == 0) bits = random.Bits();
      return (bits >> i % 32 & 1) != 0;
    });
  }
  test.p = Defined(static_cast<double>(as_extreme + 1) / static_cast<double>(test.patterns + 1));
  return test;
}

WilcoxonTest SignedRankTest(const std::vector<double>& differences) {
  WilcoxonTest test;
  if (differences.empty() || !AllFinite(differences)) {
    test.p = Undefined(differences.empty() ? "no case" : "a difference is not a finite number");
    return test;
  }
  std::vector<double> signed_values, sizes;
  for (const double difference : differences) {
    if (difference == 0) continue;
    signed_values.push_back(difference);
    sizes.push_back(std::abs(difference));
  }
  test.cases = sizes.size();
  const std::vector<double> ranks = MidRanks(sizes);
  double up = 0, down = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) (signed_values[i] > 0 ? up : down) += ranks[i];
  test.statistic = std::min(up, down);
  const double ties = TieTerm(sizes);
  test.exact = ties == 0 && test.cases <= kMaxExactRanks;
  if (test.exact) {
    test.p = Defined(std::min(1.0, 2 * RankSumCdf(test.statistic, test.cases)));
    return test;
  }
  const auto n = static_cast<double>(test.cases);
  const double variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48;
  const double z = (test.statistic - n * (n + 1) / 4) / std::sqrt(variance);
  test.p = Defined(std::min(1.0, 2 * NormalSurvival(std::abs(z))));
  return test;
}

McNemarTest ExactMcNemarTest(const std::vector<bool>& first_right,
                             const std::vector<bool>& second_right) {
  if (first_right.size() != second_right.size()) {
    throw Error(ErrorCode::kInternal, "two models to compare differ in number of cases");
  }
  McNemarTest test;
  if (first_right.empty()) {
    test.p = Undefined("no case");
    return test;
  }
  for (std::size_t i = 0; i < first_right.size(); ++i) {
    test.only_first += first_right[i] && !second_right[i];
    test.only_second += !first_right[i] && second_right[i];
  }
  const std::int64_t fewer = std::min(test.only_first, test.only_second);
  test.p = Defined(std::min(1.0, 2 * FairCoinCdf(fewer, test.only_first + test.only_second)));
  return test;
}

PairedComparison ComparePaired(const std::vector<double>& first, const std::vector<double>& second,
                               const Clusters& clusters, const BootstrapOptions& bootstrap,
                               const PermutationOptions& permutation) {
  if (first.size() != second.size() || first.size() != clusters.cases()) {
    throw Error(ErrorCode::kInternal, "two models to compare differ in number of cases");
  }
  std::vector<double> differences(first.size());
  for (std::size_t i = 0; i < first.size(); ++i) differences[i] = second[i] - first[i];
  const auto mean = [&](const std::vector<std::size_t>& indices) -> std::vector<Statistic> {
    return {Bias(Select(PairedValues{first, second}, indices))};
  };
  PairedComparison comparison;
  comparison.cases = clusters.cases();
  comparison.clusters = clusters.size();
  comparison.mean_difference = ClusterBootstrap(clusters, mean, bootstrap).front();
  comparison.sign_flip = SignFlipTest(differences, clusters, permutation);
  comparison.signed_rank = SignedRankTest(clusters.Means(differences));
  return comparison;
}

}  // namespace mhcnn
