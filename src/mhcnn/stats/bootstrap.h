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
  /// A cluster id for each case. A case with an empty id is a cluster of its own. Clusters stand in
  /// the order of their ids, so that the order of cases makes no difference.
  explicit Clusters(const std::vector<std::string>& ids);

  /// Returns the number of cases.
  std::size_t cases() const { return cases_; }
  /// Returns the number of clusters.
  std::size_t size() const { return members_.size(); }
  /// The cases of each cluster, none empty.
  const std::vector<std::vector<std::size_t>>& members() const { return members_; }
  /// Sum of the cases' values in each cluster.
  std::vector<double> Sums(const std::vector<double>& values) const;
  /// Mean of the cases' values in each cluster.
  std::vector<double> Means(const std::vector<double>& values) const;

 private:
  std::size_t cases_;
  std::vector<std::vector<std::size_t>> members_;
};

/// How an interval is computed.
struct BootstrapOptions {
  std::uint64_t seed = 1;  ///< random seed
  int resamples = 2000;    ///< number of resamples
  double coverage = 0.95;  ///< probability that the interval contains the true value, 0..1
  int threads = 0;         ///< 0: all; makes no difference to the result
  /// Fraction of undefined resamples from which on the interval is undefined.
  double max_undefined_fraction = 0.1;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// A statistic of all cases with its percentile interval.
struct BootstrapEstimate : Estimate {
  int resamples = 0;    ///< resamples drawn
  int undefined = 0;    ///< resamples that leave the statistic undefined, which were left out
  std::string warning;  ///< what to know about the interval, e.g. how many resamples were left out
};

/// Statistics of the cases at these indices, always as many and in one order; called from several
/// threads at once.
using StatisticsOf = std::function<std::vector<Statistic>(const std::vector<std::size_t>&)>;

/// Percentile bootstrap by cluster (Efron 1979; clusters: Davison & Hinkley 1997, section 3.8): a
/// resample draws as many clusters as there are, with replacement, and takes all their cases. All
/// statistics see the same resamples. An interval is undefined for a single cluster, where the
/// statistic is, where all resamples give one value, and where too many of them are undefined.
std::vector<BootstrapEstimate> ClusterBootstrap(const Clusters& clusters,
                                                const StatisticsOf& statistics,
                                                const BootstrapOptions& options = {});

}  // namespace mhcnn
