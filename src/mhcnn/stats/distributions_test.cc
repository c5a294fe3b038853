#include "mhcnn/stats/distributions.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

TEST(Distributions, EqualSciPy) {
  const auto goldens = StatsGoldens("/distributions");
  const auto expect = [](double found, double wanted) {
    EXPECT_NEAR(found, wanted, 1e-10 * std::max(1e-3, std::abs(wanted)));
  };
  for (const auto& c : goldens["normal"]) expect(NormalQuantile(c[0]), c[1]);
  for (const auto& c : goldens["tail"])
    EXPECT_NEAR(NormalSurvival(c[0]) / c[1].get<double>(), 1, 1e-10);
  for (const auto& c : goldens["student"]) expect(StudentQuantile(c[0], c[1]), c[2]);
  for (const auto& c : goldens["fisher"]) expect(FisherQuantile(c[0], c[1], c[2]), c[3]);
  for (const auto& c : goldens["coin"]) expect(FairCoinCdf(c[0], c[1]), c[2]);
}

}  // namespace
}  // namespace mhcnn
