#include "mhcnn/stats/bootstrap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/random.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {
namespace {

constexpr std::uint32_t kDraw = 0x626F6F74;  // the stream's purpose

std::vector<std::size_t> ListAllIndices(std::size_t cases) {
  std::vector<std::size_t> all(cases);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

std::vector<std::size_t> DrawClusters(const Clusters& clusters, RandomStream random) {
  std::vector<std::size_t> cases;
  cases.reserve(clusters.cases() + clusters.cases() / 8);
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    const auto& members =
        clusters.members()[random.Integer(static_cast<std::uint32_t>(clusters.size()))];
    cases.insert(cases.end(), members.begin(), members.end());
  }
  return cases;
}

/// Whether they differ by no more than sums in another order do.
bool AreOneValue(double lowest, double highest) {
  return highest - lowest <= 1e-12 * std::max({1.0, std::abs(lowest), std::abs(highest)});
}

void SetNoInterval(BootstrapEstimate& estimate, const std::string& why) {
  estimate.low = estimate.high = Undefined(why);
}

/// Sets the interval from the values in the resamples, NaN where undefined.
void SetInterval(BootstrapEstimate& estimate, std::vector<double> values,
                 const BootstrapOptions& options) {
  estimate.resamples = options.resamples;
  std::erase_if(values, [](double value) { return std::isnan(value); });
  estimate.undefined = options.resamples - static_cast<int>(values.size());
  if (values.empty()) return SetNoInterval(estimate, "undefined in every resample");
  if (estimate.undefined > 0) {
    const std::string missing =
        fmt::format("undefined in {} of {} resamples", estimate.undefined, options.resamples);
    if (estimate.undefined >= options.max_undefined_fraction * options.resamples)
      return SetNoInterval(estimate, missing);
    estimate.warning = missing + ", which were left out";
  }
  std::sort(values.begin(), values.end());
  if (AreOneValue(values.front(), values.back()))
    return SetNoInterval(estimate, "the same in every resample");
  estimate.low = Defined(SortedQuantile(values, (1 - options.coverage) / 2));
  estimate.high = Defined(SortedQuantile(values, (1 + options.coverage) / 2));
}

}  // namespace

Clusters::Clusters(const std::vector<std::string>& ids) : cases_(ids.size()) {
  std::map<std::string, std::vector<std::size_t>> by_id;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!ids[i].empty()) by_id[ids[i]].push_back(i);
  }
  for (auto& [id, members] : by_id) members_.push_back(std::move(members));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i].empty()) members_.push_back({i});
  }
}

std::vector<double> Clusters::Sums(const std::vector<double>& values) const {
  if (values.size() != cases_) {
    throw Error(ErrorCode::kInternal, "values and clusters differ in number of cases");
  }
  std::vector<double> sums;
  for (const auto& members : members_) {
    double sum = 0;
    for (const auto i : members) sum += values[i];
    sums.push_back(sum);
  }
  return sums;
}

std::vector<double> Clusters::Means(const std::vector<double>& values) const {
  std::vector<double> means = Sums(values);
  for (std::size_t c = 0; c < means.size(); ++c) {
    means[c] /= static_cast<double>(members_[c].size());
  }
  return means;
}

void BootstrapOptions::Check() const {
  CheckAtLeast("resamples", resamples, 1);
  CheckBetween("coverage", coverage, 0, 1);
  CheckAtLeast("threads", threads, 0);
  CheckRange("max_undefined_fraction", max_undefined_fraction, 0, 1);
}

std::vector<BootstrapEstimate> ClusterBootstrap(const Clusters& clusters,
                                                const StatisticsFunction& statistics,
                                                const BootstrapOptions& options) {
  options.Check();
  std::vector<BootstrapEstimate> estimates;
  for (auto& value : statistics(ListAllIndices(clusters.cases()))) {
    estimates.emplace_back().value = std::move(value);
  }
  const auto resamples = static_cast<std::size_t>(options.resamples);
  std::vector<std::vector<double>> values(estimates.size(), std::vector<double>(resamples));
  if (clusters.size() >= 2) {
    ParallelFor(resamples, options.threads, [&](std::size_t r) {
      const auto found = statistics(DrawClusters(clusters, RandomStream(options.seed, r, kDraw)));
      if (found.size() != estimates.size()) {
        throw Error(ErrorCode::kInternal, "the number of statistics differs between resamples");
      }
      for (std::size_t s = 0; s < found.size(); ++s) values[s][r] = found[s].ValueOrNaN();
    });
  }
  for (std::size_t s = 0; s < estimates.size(); ++s) {
    BootstrapEstimate& estimate = estimates[s];
    if (!estimate.value.defined()) {
      estimate.low = estimate.high = estimate.value;
    } else if (clusters.size() < 2) {
      SetNoInterval(estimate, "fewer than 2 patients");
    } else {
      SetInterval(estimate, std::move(values[s]), options);
    }
  }
  return estimates;
}

}  // namespace mhcnn
