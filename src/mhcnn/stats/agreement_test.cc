#include "mhcnn/stats/agreement.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

PairedValues RandomPairs(std::size_t cases, std::uint64_t seed) {
  RandomStream random(seed);
  PairedValues values;
  for (std::size_t i = 0; i < cases; ++i) {
    values.truth.push_back(random.Uniform(0, 50));
    values.predicted.push_back(0.7 * values.truth.back() + random.Normal(4, 5));
  }
  return values;
}

TEST(Agreement, EqualsSciPyAndScikitLearn) {
  for (const auto& c : StatsGoldens("/agreement")) {
    const PairedValues values{Doubles(c["truth"]), Doubles(c["found"])};
    ExpectNear(Bias(values), c["bias"]);
    ExpectNear(MeanAbsoluteError(values), c["mae"]);
    ExpectNear(RootMeanSquareError(values), c["rmse"]);
    ExpectNear(Pearson(values), c["pearson"], 1e-9);
    ExpectNear(Spearman(values), c["spearman"]);
    ExpectNear(Concordance(values), c["concordance"], 1e-9);
    const BlandAltman found = MeasureBlandAltman(values);
    const auto& wanted = c["bland_altman"];
    ExpectNear(found.bias, Doubles(wanted["bias"]), 1e-9);
    ExpectNear(found.deviation, wanted["deviation"], 1e-9);
    ExpectNear(found.lower_limit, Doubles(wanted["lower"]), 1e-9);
    ExpectNear(found.upper_limit, Doubles(wanted["upper"]), 1e-9);
  }
}

// Bland & Altman, Lancet 327, 1986: peak expiratory flow of 17 subjects by two meters (first
// readings, l/min). They publish bias -2.1, deviation 38.8, limits -79.7 and 75.5 (2 deviations,
// not 1.96), and the interval of the bias -22.0 to 17.8.
TEST(Agreement, BlandAndAltmansPeakFlow) {
  const PairedValues values{
      {512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451},
      {494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427}};
  const BlandAltman found = MeasureBlandAltman(values);
  ExpectNear(found.bias.value, -2.1, 0.02);
  ExpectNear(found.deviation, 38.8, 0.001);
  ExpectNear(found.bias.low, -22.0, 0.003);
  ExpectNear(found.bias.high, 17.8, 0.003);
  EXPECT_NEAR(*found.lower_limit.value.value - 0.04 * 38.8, -79.7, 0.1);
  EXPECT_NEAR(*found.upper_limit.value.value + 0.04 * 38.8, 75.5, 0.1);
}

TEST(Agreement, Properties) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const PairedValues values = RandomPairs(31, seed);
    const PairedValues swapped{values.predicted, values.truth};
    const PairedValues shuffled = Select(values, Shuffled(31, seed + 50));
    ExpectNear(Bias(swapped), -*Bias(values).value);
    ExpectNear(Concordance(swapped), *Concordance(values).value);
    for (const auto statistic : {+[](const PairedValues& v) { return Bias(v); },
                                 +[](const PairedValues& v) { return RootMeanSquareError(v); },
                                 +[](const PairedValues& v) { return Pearson(v); },
                                 +[](const PairedValues& v) { return Spearman(v); },
                                 +[](const PairedValues& v) { return Concordance(v); }}) {
      ExpectNear(statistic(shuffled), *statistic(values).value);
    }
    EXPECT_LE(std::abs(*Concordance(values).value), std::abs(*Pearson(values).value));
    // RMSE^2 = bias^2 + variance (over n) of the differences.
    const double s = *MeasureBlandAltman(values).deviation.value;
    ExpectNear(RootMeanSquareError(values),
               std::sqrt(std::pow(*Bias(values).value, 2) + s * s * 30 / 31));
    // A rising transform leaves the ranks.
    PairedValues curved = values;
    for (auto& v : curved.predicted) v = std::exp(v / 20);
    ExpectNear(Spearman(curved), *Spearman(values).value);
  }
}

TEST(Agreement, StatesUndefinedValues) {
  ExpectUndefined(Bias({}), "no case");
  ExpectNear(MeanAbsoluteError(PairedValues{{1}, {3}}), 2);
  ExpectUndefined(Pearson(PairedValues{{1}, {3}}), "fewer than 2 cases");
  // The mean of three times 0.1 is not 0.1: a sum of squares would not be 0.
  ExpectUndefined(Pearson(PairedValues{{0.1, 0.1, 0.1}, {1, 2, 3}}), "the truth is constant");
  ExpectUndefined(Spearman(PairedValues{{1, 2, 3}, {0.1, 0.1, 0.1}}), "what was found is constant");
  ExpectNear(Concordance(PairedValues{{0, 1, 2}, {1, 1, 1}}), 0);
  ExpectUndefined(Concordance(PairedValues{{1, 1}, {2, 2}}),
                  "truth and what was found are constant");
  ExpectUndefined(MeasureBlandAltman(PairedValues{{1}, {3}}).upper_limit.low, "fewer than 2 cases");
  ExpectUndefined(RootMeanSquareError(PairedValues{{1, 2}, {3, std::nan("")}}),
                  "a value is not a finite number");
}

}  // namespace
}  // namespace mhcnn
