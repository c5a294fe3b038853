#include "mhcnn/stats/values.h"

#include <limits>

#include "mhcnn/base/error.h"
#include "mhcnn/stats/distributions.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

TEST(Statistic, IsAValueOrAReason) {
  ExpectNear(Defined(0.5), 0.5);
  ExpectUndefined(Undefined("no case"), "no case");
  ExpectUndefined(Defined(std::numeric_limits<double>::quiet_NaN()), "not a finite number");
  ExpectUndefined(Defined(std::numeric_limits<double>::infinity()), "not a finite number");
  ExpectNear(MeanOfDefined({Defined(1), Undefined("no case"), Defined(4)}), 2.5);
  ExpectUndefined(MeanOfDefined({Undefined("no case")}), "nothing to take the mean of");
  ExpectUndefined(UndefinedEstimate("no case").high, "no case");
}

TEST(Values, SayWhyNothingCanBeComputed) {
  EXPECT_EQ(WhyUndefined({{1, 2}, {3, 4}}, 2), "");
  EXPECT_EQ(WhyUndefined({{}, {}}, 1), "no case");
  EXPECT_EQ(WhyUndefined({{1}, {3}}, 2), "fewer than 2 cases");
  EXPECT_EQ(WhyUndefined({{1, 2}, {3, std::nan("")}}, 2), "a value is not a finite number");
  EXPECT_THROW(WhyUndefined({{1, 2}, {3}}, 1), Error);
}

TEST(Values, RanksEqualSciPy) {
  for (const auto& c : StatsGoldens("/ranks")) {
    EXPECT_EQ(MidRanks(Doubles(c["values"])), Doubles(c["ranks"]));
  }
  EXPECT_TRUE(MidRanks({}).empty());
}

TEST(Values, QuantilesEqualNumPy) {
  for (const auto& c : StatsGoldens("/quantiles")) {
    for (const auto& [share, wanted] :
         c["quantiles"].get<std::vector<std::pair<double, double>>>()) {
      EXPECT_NEAR(SortedQuantile(Doubles(c["sorted"]), share), wanted, 1e-12);
    }
  }
}

TEST(Values, SelectRepeatsAndReorders) {
  const PairedValues selected = Select(PairedValues{{1, 2, 3}, {4, 5, 6}}, {2, 0, 2});
  EXPECT_EQ(selected.truth, (std::vector<double>{3, 1, 3}));
  EXPECT_EQ(selected.predicted, (std::vector<double>{6, 4, 6}));
}

TEST(Distributions, EqualSciPy) {
  const auto goldens = StatsGoldens("/distributions");
  const auto expect = [](double found, double wanted) {
    EXPECT_NEAR(found, wanted, 1e-10 * std::max(1e-3, std::abs(wanted)));
  };
  for (const auto& c : goldens["normal"]) expect(NormalQuantile(c[0]), c[1]);
  for (const auto& c : goldens["tail"])
    EXPECT_NEAR(NormalTail(c[0]) / c[1].get<double>(), 1, 1e-10);
  for (const auto& c : goldens["student"]) expect(StudentQuantile(c[0], c[1]), c[2]);
  for (const auto& c : goldens["fisher"]) expect(FisherQuantile(c[0], c[1], c[2]), c[3]);
  for (const auto& c : goldens["coin"]) expect(FairCoinAtMost(c[0], c[1]), c[2]);
}

}  // namespace
}  // namespace mhcnn
