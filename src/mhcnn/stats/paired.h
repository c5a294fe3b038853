#pragma once

#include <cstdint>
#include <vector>

#include "mhcnn/stats/bootstrap.h"
#include "mhcnn/stats/statistic.h"

namespace mhcnn {

// Comparison of two models on the same cases. All p values are two-sided. A test whose only
// possible outcome is the one seen (no difference anywhere) gives p = 1.

/// Options of a randomisation test.
struct PermutationOptions {
  std::uint64_t seed = 1;  ///< random seed
  /// Number of sign patterns to draw; all are used instead if there are no more than this.
  int permutations = 10000;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Result of a randomisation test.
struct PermutationTest {
  Statistic p;                ///< p value, two-sided
  std::int64_t patterns = 0;  ///< number of sign patterns used
  bool exact = false;         ///< whether these are all possible patterns
};

/// Tests a zero mean difference by randomisation (Fisher 1935, section 21): the differences of a
/// cluster change sign together, which assumes that the models are exchangeable patient by patient.
/// With drawn patterns p is (b + 1) / (m + 1) (Phipson & Smyth 2010). Undefined for fewer than two
/// clusters or a difference that is not finite.
PermutationTest SignFlipTest(const std::vector<double>& differences, const Clusters& clusters,
                             const PermutationOptions& options = {});

/// Result of a Wilcoxon signed-rank test.
struct WilcoxonTest {
  Statistic p;            ///< p value, two-sided
  double statistic = 0;   ///< the smaller of the rank sums of positive and negative differences
  std::size_t cases = 0;  ///< number of differences other than 0; only these count
  bool exact = false;     ///< whether p is exact; else by the normal approximation
};

/// Tests a symmetric distribution about 0 by Wilcoxon's signed ranks (Wilcoxon 1945); zeros are
/// left out. Exact for up to 25 differences without ties, else normal with the correction for ties
/// and without a correction for continuity, as in SciPy. It assumes independent differences: pass
/// Clusters::Means if patients have several images. Undefined without a difference to test or if
/// one is not finite.
WilcoxonTest SignedRankTest(const std::vector<double>& differences);

/// Result of a McNemar test.
struct McNemarTest {
  Statistic p;                                   ///< p value, two-sided
  std::int64_t only_first = 0, only_second = 0;  ///< numbers of cases that only one model has right
};

/// Tests equal accuracy by the exact (binomial) McNemar test (McNemar 1947). It assumes independent
/// cases. Undefined without a case. Throws Error(kInternal) if the lengths differ.
McNemarTest ExactMcNemarTest(const std::vector<bool>& first_right,
                             const std::vector<bool>& second_right);

/// Comparison of two models by one value for each case (Dice, absolute error, …).
struct PairedComparison {
  std::size_t cases = 0, clusters = 0;  ///< numbers of cases and of clusters
  BootstrapEstimate mean_difference;    ///< mean of second - first
  PermutationTest sign_flip;            ///< test of the differences, by cluster
  WilcoxonTest signed_rank;             ///< test of the clusters' mean differences
};

/// Compares two models. Throws Error(kInternal) if the numbers of cases differ.
PairedComparison ComparePaired(const std::vector<double>& first, const std::vector<double>& second,
                               const Clusters& clusters, const BootstrapOptions& bootstrap = {},
                               const PermutationOptions& permutation = {});

}  // namespace mhcnn
