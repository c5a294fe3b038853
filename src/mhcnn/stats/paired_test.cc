#include "mhcnn/stats/paired.h"

#include "mhcnn/base/error.h"
#include "mhcnn/stats/values.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

using Ids = std::vector<std::string>;

// Darwin's maize, 15 pairs, eighths of an inch, as in Fisher, The Design of Experiments, 1935.
const std::vector<double> kDarwin = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};

TEST(SignFlip, EqualsSciPy) {
  for (const auto& c : StatsGoldens("/paired/sign_flip")) {
    const auto differences = Doubles(c["differences"]);
    const auto test = SignFlipTest(differences, Clusters(Ids(differences.size())));
    EXPECT_TRUE(test.exact);
    ExpectNear(test.p, c["p"]);
  }
}

// Section 21: 863 of the 32768 sign patterns have a sum of 314 or more.
TEST(SignFlip, FishersTestOfDarwinsMaize) {
  const auto test = SignFlipTest(kDarwin, Clusters(Ids(15)), {.permutations = 32768});
  EXPECT_TRUE(test.exact);
  EXPECT_EQ(test.patterns, 32768);
  ExpectNear(test.p, 2 * 863 / 32768.0);
  const auto drawn = SignFlipTest(kDarwin, Clusters(Ids(15)), {.permutations = 20000});
  EXPECT_FALSE(drawn.exact);
  EXPECT_NEAR(*drawn.p.value, 2 * 863 / 32768.0, 4 * std::sqrt(0.0527 * 0.9473 / 20000));
}

TEST(SignFlip, FlipsWholePatients) {
  // Copies of a patient's difference add no evidence.
  std::vector<double> copies;
  Ids ids;
  for (std::size_t i = 0; i < 10; ++i) {
    copies.insert(copies.end(), 3, kDarwin[i]);
    ids.insert(ids.end(), 3, "p" + std::to_string(i));
  }
  const std::vector<double> once(kDarwin.begin(), kDarwin.begin() + 10);
  ExpectNear(SignFlipTest(copies, Clusters(ids)).p, *SignFlipTest(once, Clusters(Ids(10))).p.value);
}

// Tenths are rounded and whole numbers are not; equal sums must count as equal all the same.
TEST(SignFlip, DoesNotDependOnRounding) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    RandomStream random(seed);
    std::vector<double> whole, tenths;
    for (int i = 0; i < 9; ++i) {
      whole.push_back(static_cast<double>(random.Integer(12)) - 4);
      tenths.push_back(whole.back() / 10);
    }
    const Clusters clusters(Ids(9));
    EXPECT_EQ(SignFlipTest(tenths, clusters).p.value, SignFlipTest(whole, clusters).p.value);
  }
}

// Under the null hypothesis p is uniform, with patients' images alike.
TEST(SignFlip, HasNominalLevel) {
  constexpr int kSets = 1000;
  int at_5 = 0, at_50 = 0;
  for (int set = 0; set < kSets; ++set) {
    RandomStream random(12, static_cast<std::uint64_t>(set));
    std::vector<double> differences;
    Ids ids;
    for (int p = 0; p < 30; ++p) {
      const double patient = random.Normal();
      for (int i = 0; i < 2; ++i) {
        differences.push_back(patient + 0.3 * random.Normal());
        ids.push_back(std::to_string(p));
      }
    }
    const double p = *SignFlipTest(differences, Clusters(ids), {.permutations = 399}).p.value;
    at_5 += p <= 0.05;
    at_50 += p <= 0.5;
  }
  EXPECT_NEAR(at_5, 50, 4 * std::sqrt(kSets * 0.05 * 0.95));
  EXPECT_NEAR(at_50, 500, 4 * std::sqrt(kSets * 0.25));
}

TEST(SignFlip, EdgeCases) {
  ExpectUndefined(SignFlipTest({}, Clusters(Ids{})).p, "no case");
  ExpectUndefined(SignFlipTest({1, 2}, Clusters(Ids{"a", "a"})).p, "fewer than 2 patients");
  ExpectUndefined(SignFlipTest({1, std::nan("")}, Clusters(Ids(2))).p,
                  "a difference is not a finite number");
  ExpectNear(SignFlipTest(std::vector<double>(50), Clusters(Ids(50))).p, 1);
  EXPECT_THROW(SignFlipTest({1, 2}, Clusters(Ids(2)), {.permutations = 0}), Error);
  EXPECT_THROW(SignFlipTest({1, 2, 3}, Clusters(Ids(2))), Error);
}

TEST(SignedRank, EqualsSciPy) {
  for (const auto& c : StatsGoldens("/paired/signed_rank")) {
    const auto test = SignedRankTest(Doubles(c["differences"]));
    EXPECT_EQ(test.exact, c["exact"].get<bool>());
    EXPECT_EQ(test.statistic, c["statistic"].get<double>());
    ExpectNear(test.p, c["p"]);
  }
}

// Hollander & Wolfe, Nonparametric Statistical Methods, 1973, table 3.1 (p. 29): depression scale
// of 9 patients before and after; they publish T+ = 40 and one-sided p = 0.020.
TEST(SignedRank, HollanderAndWolfe) {
  const std::vector<double> before = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
  const std::vector<double> after = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
  std::vector<double> differences, reversed;
  for (std::size_t i = 0; i < 9; ++i) {
    differences.push_back(before[i] - after[i]);
    reversed.push_back(after[i] - before[i]);
  }
  const auto test = SignedRankTest(differences);
  EXPECT_TRUE(test.exact);
  EXPECT_EQ(test.statistic, 45 - 40);
  ExpectNear(test.p, 2 * 0.01953125);
  EXPECT_EQ(SignedRankTest(reversed).p.value, test.p.value);
}

TEST(SignedRank, EdgeCases) {
  ExpectUndefined(SignedRankTest({}).p, "no case");
  ExpectUndefined(SignedRankTest({1, std::nan("")}).p, "a difference is not a finite number");
  const auto same = SignedRankTest({0, 0, 0});
  ExpectNear(same.p, 1);
  EXPECT_EQ(same.cases, 0u);
  ExpectNear(SignedRankTest({2}).p, 1);  // of one difference nothing follows
  // 25 differences of one sign are exact, 26 are not.
  std::vector<double> rising;
  for (int i = 1; i <= 25; ++i) rising.push_back(i);
  ExpectNear(SignedRankTest(rising).p, std::pow(2.0, -24), 1e-15);
  rising.push_back(26);
  EXPECT_FALSE(SignedRankTest(rising).exact);
}

TEST(McNemar, EqualsStatsmodels) {
  for (const auto& c : StatsGoldens("/paired/mcnemar")) {
    std::vector<bool> first(20, true), second(20, true);
    first.insert(first.end(), c["only_first"], true);
    second.insert(second.end(), c["only_first"], false);
    first.insert(first.end(), c["only_second"], false);
    second.insert(second.end(), c["only_second"], true);
    const auto test = ExactMcNemarTest(first, second);
    EXPECT_EQ(test.only_first, c["only_first"]);
    EXPECT_EQ(test.only_second, c["only_second"]);
    ExpectNear(test.p, c["p"], 1e-12);
    EXPECT_EQ(ExactMcNemarTest(second, first).p.value, test.p.value);
  }
  ExpectUndefined(ExactMcNemarTest({}, {}).p, "no case");
  EXPECT_THROW(ExactMcNemarTest({true}, {}), Error);
}

TEST(ComparePaired, CombinesTests) {
  RandomStream random(21);
  std::vector<double> first, second, shifted;
  Ids ids;
  for (int i = 0; i < 80; ++i) {
    first.push_back(random.Uniform(0.5, 0.9));
    second.push_back(first.back() + random.Normal(0, 0.05));
    shifted.push_back(second.back() + 0.1);
    ids.push_back("p" + std::to_string(i / 4));
  }
  const Clusters clusters(ids);
  const auto better = ComparePaired(first, shifted, clusters);
  EXPECT_EQ(better.cases, 80u);
  EXPECT_EQ(better.clusters, 20u);
  EXPECT_GT(*better.mean_difference.low.value, 0);
  EXPECT_LT(*better.sign_flip.p.value, 0.001);
  EXPECT_LT(*better.signed_rank.p.value, 0.001);
  EXPECT_EQ(better.signed_rank.cases, 20u);
  const auto swapped = ComparePaired(shifted, first, clusters);
  ExpectNear(swapped.mean_difference,
             {-*better.mean_difference.value.value, -*better.mean_difference.high.value,
              -*better.mean_difference.low.value});
  EXPECT_EQ(swapped.sign_flip.p.value, better.sign_flip.p.value);
  const auto even = ComparePaired(first, second, clusters);
  EXPECT_LT(*even.mean_difference.low.value, 0);
  EXPECT_GT(*even.mean_difference.high.value, 0);
  EXPECT_GT(*even.sign_flip.p.value, 0.05);
  EXPECT_THROW(ComparePaired(first, {1, 2}, clusters), Error);
}

}  // namespace
}  // namespace mhcnn
