#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mhcnn/stats/statistic.h"

namespace mhcnn {

/// Cases by cluster: the images of one patient, which are alike and are drawn together.
class Clusters {
 public:
  /// Groups cases by a cluster id for each case. A case with an empty id is a cluster of its own.
  /// Clusters are in the order of their ids, so that the order of cases makes no difference.
  explicit Clusters(const std::vector<std::string>& ids);

  /// Returns the number of cases.
  std::size_t cases() const { return cases_; }
  /// Returns the number of clusters.
  std::size_t size() const { return members_.size(); }
  /// Returns the cases of each cluster; no cluster is empty.
  const std::vector<std::vector<std::size_t>>& members() const { return members_; }
  /// Returns the sum of the cases' values in each cluster.
  std::vector<double> Sums(const std::vector<double>& values) const;
  /// Returns the mean of the cases' values in each cluster.
  std::vector<double> Means(const std::vector<double>& values) const;

 private:
  std::size_t cases_;
  std::vector<std::vector<std::size_t>> members_;
};

/// Options of a bootstrap interval.
struct BootstrapOptions {
  std::uint64_t seed = 1;  ///< random seed
  int resamples = 2000;    ///< number of resamples
  double coverage = 0.95;  ///< probability that the interval contains the true value, 0..1
  int threads = 0;         ///< number of threads; 0: all; does not change the result
  /// Fraction of undefined resamples from which on the interval is undefined.
  double max_undefined_fraction = 0.1;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// A statistic of all cases with its percentile interval.
struct BootstrapEstimate : Estimate {
  int resamples = 0;    ///< number of resamples left out, as the statistic is undefined
  int undefined = 0;    ///< remark on the interval, e.g. the number of resamples left out
  std::string warning;  ///< what to know about the interval, e.g. how many resamples were left out
};

/// Function that returns statistics of the cases at these indices, always the same number in the
/// same order; called from several threads at once.
using StatisticsFunction = std::function<std::vector<Statistic>(const std::vector<std::size_t>&)>;

/// Computes percentile intervals by cluster (Efron 1979; clusters: Davison & Hinkley 1997, section
/// 3.8): a resample draws as many clusters as there are, with replacement, and uses all their
/// cases. All statistics use the same resamples. An interval is undefined for a single cluster or
/// an undefined statistic, and if all resamples give one value or too many are undefined.
std::vector<BootstrapEstimate> ClusterBootstrap(const Clusters& clusters,
                                                const StatisticsFunction& statistics,
                                                const BootstrapOptions& options = {});

}  // namespace mhcnn
