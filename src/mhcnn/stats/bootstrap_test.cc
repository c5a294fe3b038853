#include "mhcnn/stats/bootstrap.h"

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/stats/agreement.h"
#include "mhcnn/stats/values.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

using Ids = std::vector<std::string>;

Statistic MeanAt(const std::vector<double>& values, const std::vector<std::size_t>& indices) {
  double sum = 0;
  for (const auto i : indices) sum += values[i];
  return Defined(sum / static_cast<double>(indices.size()));
}

BootstrapEstimate MeanInterval(const std::vector<double>& values, const Clusters& clusters,
                               const BootstrapOptions& options = {}) {
  return ClusterBootstrap(
             clusters, [&](const auto& indices) { return std::vector{MeanAt(values, indices)}; },
             options)
      .front();
}

TEST(Clusters, GroupCasesById) {
  const Clusters clusters(Ids{"b", "", "a", "b", ""});
  EXPECT_EQ(clusters.cases(), 5u);
  EXPECT_EQ(clusters.members(), (std::vector<std::vector<std::size_t>>{{2}, {0, 3}, {1}, {4}}));
  EXPECT_EQ(clusters.Sums({1, 2, 3, 4, 5}), (std::vector<double>{3, 5, 2, 5}));
  EXPECT_EQ(clusters.Means({1, 2, 3, 4, 5}), (std::vector<double>{3, 2.5, 2, 5}));
  EXPECT_THROW(clusters.Sums({1, 2}), Error);
}

TEST(ClusterBootstrap, EqualResamplesHaveNoInterval) {
  const auto same = MeanInterval({1, 1, 1, 1}, Clusters(Ids(4)));
  ExpectNear(same.value, 1);
  ExpectUndefined(same.low, "the same in every resample");
  ExpectUndefined(same.high, "the same in every resample");
  // Patients of different sizes: sums of 0.1 that differ by rounding alone.
  const auto rounded =
      MeanInterval(std::vector<double>(7, 0.1), Clusters(Ids{"a", "b", "b", "c", "c", "c", "d"}));
  ExpectUndefined(rounded.low, "the same in every resample");
  const auto varied = MeanInterval({1, 1, 0, 1}, Clusters(Ids(4)));
  EXPECT_LT(*varied.low.value, 0.75);
  ExpectNear(varied.high, 1);
}

// Four equal cases a patient tell no more than one: the same draws, the same interval.
TEST(ClusterBootstrap, CopiesOfCaseAddNoInformation) {
  RandomStream random(1);
  std::vector<double> once, four_times;
  Ids ids, four_ids;
  for (int i = 0; i < 30; ++i) {
    once.push_back(random.Normal(3, 2));
    ids.push_back("p" + std::to_string(100 + i));
    four_times.insert(four_times.end(), 4, once.back());
    four_ids.insert(four_ids.end(), 4, ids.back());
  }
  const auto single = MeanInterval(once, Clusters(ids));
  const auto copies = MeanInterval(four_times, Clusters(four_ids));
  ExpectNear(copies, {*single.value.value, *single.low.value, *single.high.value});
  // By case, the copies would make the interval half as wide.
  const auto by_case = MeanInterval(four_times, Clusters(Ids(four_times.size())));
  EXPECT_NEAR((*by_case.high.value - *by_case.low.value) / (*copies.high.value - *copies.low.value),
              0.5, 0.06);
}

// Data with a patient effect, many times over: the interval by patient holds the true mean as often
// as it says (a little less, as percentile intervals of 40 patients do), the one by case does not.
TEST(ClusterBootstrap, HasNominalCoverage) {
  constexpr int kSets = 300, kPatients = 40, kImages = 4;
  BootstrapOptions options{.resamples = 400};
  int by_patient = 0, by_case = 0;
  for (int set = 0; set < kSets; ++set) {
    RandomStream random(77, static_cast<std::uint64_t>(set));
    std::vector<double> values;
    Ids ids;
    for (int p = 0; p < kPatients; ++p) {
      const double patient = random.Normal(10, 2);
      for (int i = 0; i < kImages; ++i) {
        values.push_back(patient + random.Normal(0, 1));
        ids.push_back(std::to_string(p));
      }
    }
    options.seed = static_cast<std::uint64_t>(set);
    const auto covers = [&](const Clusters& clusters) {
      const auto estimate = MeanInterval(values, clusters, options);
      return *estimate.low.value <= 10 && 10 <= *estimate.high.value;
    };
    by_patient += covers(Clusters(ids));
    by_case += covers(Clusters(Ids(ids.size())));
  }
  EXPECT_GT(by_patient, 0.90 * kSets);
  EXPECT_LT(by_patient, 0.98 * kSets);
  EXPECT_LT(by_case, 0.80 * kSets);
}

// The standard deviation of the resampled means against the closed form for clusters of one size.
TEST(ClusterBootstrap, WidthEqualsClosedForm) {
  RandomStream random(6);
  std::vector<double> values, means;
  Ids ids;
  for (int p = 0; p < 200; ++p) {
    const double patient = random.Normal(0, 1);
    double sum = 0;
    for (int i = 0; i < 3; ++i) {
      values.push_back(patient + random.Normal(0, 0.5));
      sum += values.back();
      ids.push_back("p" + std::to_string(p));
    }
    means.push_back(sum / 3);
  }
  double mean = 0, squares = 0;
  for (const double m : means) mean += m / 200;
  for (const double m : means) squares += (m - mean) * (m - mean);
  const auto found = MeanInterval(values, Clusters(ids), {.resamples = 20000});
  const double wanted = 2 * 1.959964 * std::sqrt(squares / 200 / 200);
  EXPECT_NEAR((*found.high.value - *found.low.value) / wanted, 1, 0.025);
}

TEST(ClusterBootstrap, DoesNotDependOnThreadsAndOrder) {
  RandomStream random(8);
  PairedValues values;
  Ids ids;
  for (int i = 0; i < 90; ++i) {
    values.truth.push_back(random.Uniform(0, 50));
    values.predicted.push_back(values.truth.back() + random.Normal(0, 9));
    ids.push_back("p" + std::to_string(random.Integer(25)));
  }
  const auto run = [&](const PairedValues& of, const Ids& by, int threads, std::uint64_t seed) {
    return ClusterBootstrap(Clusters(by),
                            [&](const auto& indices) {
                              const PairedValues resample = Select(of, indices);
                              return std::vector{Bias(resample), Spearman(resample)};
                            },
                            {.seed = seed, .resamples = 300, .threads = threads});
  };
  const auto one = run(values, ids, 1, 5), three = run(values, ids, 3, 5);
  const auto order = Shuffled(ids.size(), 4);
  const auto shuffled = run(Select(values, order), Select(ids, order), 2, 5);
  for (std::size_t s = 0; s < 2; ++s) {
    EXPECT_EQ(one[s].low.value, three[s].low.value);
    EXPECT_EQ(one[s].high.value, three[s].high.value);
    ExpectNear(shuffled[s], {*one[s].value.value, *one[s].low.value, *one[s].high.value});
  }
  EXPECT_NE(one[0].low.value, run(values, ids, 1, 6)[0].low.value);
}

TEST(ClusterBootstrap, ReportsUndefinedResamples) {
  // One case in ten is of the class: a resample of 10 misses it with probability 0.9^10 = 0.349.
  std::vector<double> in_class(10);
  in_class[3] = 1;
  const auto fraction = [&](const std::vector<std::size_t>& indices) -> std::vector<Statistic> {
    const Statistic mean = MeanAt(in_class, indices);
    return {*mean.value > 0 ? mean : Undefined("no case of the class"), mean, Undefined("never"),
            indices.size() == 10 && std::is_sorted(indices.begin(), indices.end())
                ? Defined(1)
                : Undefined("seldom")};
  };
  const auto found = ClusterBootstrap(Clusters(Ids(10)), fraction);
  EXPECT_EQ(found[0].resamples, 2000);
  EXPECT_NEAR(found[0].undefined, 0.349 * 2000, 4 * std::sqrt(2000 * 0.349 * 0.651));
  const std::string missing =
      "undefined in " + std::to_string(found[0].undefined) + " of 2000 resamples";
  ExpectUndefined(found[0].low, missing);
  ExpectUndefined(found[0].high, missing);
  ExpectNear(found[0].value, 0.1);
  const auto allowed =
      ClusterBootstrap(Clusters(Ids(10)), fraction, {.max_undefined_fraction = 0.5}).front();
  EXPECT_EQ(allowed.warning, missing + ", which were left out");
  ExpectNear(allowed.low, 0.1);
  EXPECT_EQ(found[1].undefined, 0);
  EXPECT_EQ(found[1].warning, "");
  ExpectUndefined(found[2].value, "never");
  ExpectUndefined(found[2].high, "never");
  EXPECT_TRUE(found[3].value.defined());
  ExpectUndefined(found[3].low, "undefined in every resample");
}

TEST(ClusterBootstrap, StatesUndefinedValuesAndChecksOptions) {
  const auto single = MeanInterval({1, 2, 3}, Clusters(Ids{"a", "a", "a"}));
  ExpectNear(single.value, 2);
  ExpectUndefined(single.low, "fewer than 2 patients");
  const Clusters clusters(Ids(5));
  const std::vector<double> values = {1, 2, 3, 4, 5};
  for (const BootstrapOptions& bad :
       {BootstrapOptions{.resamples = 0}, BootstrapOptions{.coverage = 1},
        BootstrapOptions{.threads = -1}, BootstrapOptions{.max_undefined_fraction = 2}}) {
    EXPECT_THROW(MeanInterval(values, clusters, bad), Error);
  }
  EXPECT_THROW(ClusterBootstrap(clusters,
                                [](const auto& indices) {
                                  return std::vector<Statistic>(indices[0] == indices[1] ? 2 : 1);
                                }),
               Error);
}

}  // namespace
}  // namespace mhcnn
