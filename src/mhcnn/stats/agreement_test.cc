#include "mhcnn/stats/agreement.h"

#include <array>
#include <cmath>

#include "mhcnn/stats/intraclass.h"
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

TEST(Agreement, SaysWhatIsUndefined) {
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

Eigen::MatrixXd RatingsOf(const nlohmann::json& json) {
  const auto rows = json.get<std::vector<std::vector<double>>>();
  Eigen::MatrixXd ratings(rows.size(), rows[0].size());
  for (Eigen::Index i = 0; i < ratings.rows(); ++i) {
    for (Eigen::Index j = 0; j < ratings.cols(); ++j) ratings(i, j) = rows[i][j];
  }
  return ratings;
}

TEST(Reliability, EqualsPingouin) {
  for (const auto& c : StatsGoldens("/reliability")) {
    const auto found = MeasureIntraclassCorrelations(RatingsOf(c["ratings"]));
    ExpectNear(found.agreement, Doubles(c["agreement"]), 1e-9);
    ExpectNear(found.consistency, Doubles(c["consistency"]), 1e-9);
  }
}

// Tables 2 and 4 of Shrout & Fleiss 1979, which publish 0.29 and 0.71.
TEST(Reliability, ShroutAndFleiss) {
  Eigen::MatrixXd ratings(6, 4);
  ratings << 9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7;
  const auto found = MeasureIntraclassCorrelations(ratings);
  ExpectNear(found.agreement.value, 0.29, 0.005);
  ExpectNear(found.consistency.value, 0.71, 0.005);
}

TEST(Reliability, EqualSumsOfRatersLeaveNoInterval) {
  for (const auto& [a, b, c, d] :
       {std::array{10., 25., 20., 15.}, {20., 30., 25., 25.}, {10., 20., 20., 10.}}) {
    const auto icc =
        MeasureIntraclassCorrelations((Eigen::MatrixXd(2, 2) << a, b, c, d).finished());
    EXPECT_FALSE(icc.agreement.low.defined() && icc.agreement.high.defined());
    for (const auto& end : {icc.agreement.value, icc.consistency.low, icc.consistency.high}) {
      EXPECT_TRUE(!end.defined() || std::isfinite(*end.value));
    }
  }
}

TEST(Reliability, Properties) {
  RandomStream random(9);
  Eigen::MatrixXd ratings(10, 3);
  for (auto& rating : ratings.reshaped()) rating = random.Normal(20, 5);
  const auto found = MeasureIntraclassCorrelations(ratings);
  Eigen::MatrixXd reversed = ratings.colwise().reverse().rowwise().reverse();
  ExpectNear(MeasureIntraclassCorrelations(reversed).agreement.value, *found.agreement.value.value);
  // A rater's offset is no matter for consistency, and is for agreement.
  Eigen::MatrixXd offset = ratings;
  offset.col(1).array() += 30;
  const auto with_offset = MeasureIntraclassCorrelations(offset);
  ExpectNear(with_offset.consistency, {*found.consistency.value.value, *found.consistency.low.value,
                                       *found.consistency.high.value});
  EXPECT_LT(std::abs(*with_offset.agreement.value.value), std::abs(*found.agreement.value.value));
}

TEST(Reliability, SaysWhatIsUndefined) {
  const auto reason = [](const Eigen::MatrixXd& ratings) {
    return MeasureIntraclassCorrelations(ratings).agreement.value.undefined;
  };
  EXPECT_EQ(reason(Eigen::MatrixXd::Random(1, 3)), "fewer than 2 subjects");
  EXPECT_EQ(reason(Eigen::MatrixXd::Random(5, 1)), "a single rater");
  EXPECT_EQ(reason(Eigen::MatrixXd::Constant(5, 2, 0.1)),
            "no rater's ratings differ between subjects");
  EXPECT_EQ(reason(Eigen::MatrixXd::Constant(5, 2, std::nan(""))),
            "a rating is not a finite number");
  // Perfect agreement has a value, and nothing to make an interval of.
  const Eigen::VectorXd one = Eigen::VectorXd::LinSpaced(7, 0.1, 0.9);
  Eigen::MatrixXd twice(7, 2);
  twice << one, one;
  const auto perfect = MeasureIntraclassCorrelations(twice);
  ExpectNear(perfect.agreement.value, 1);
  ExpectNear(perfect.consistency.value, 1);
  ExpectUndefined(perfect.agreement.low, "the ratings leave no residual");
  // Nor have ratings whose residual is rounding.
  twice.col(1).array() += 0.1;
  const auto offset = MeasureIntraclassCorrelations(twice);
  ExpectNear(offset.consistency.value, 1);
  ExpectUndefined(offset.consistency.high, "the ratings leave no residual");
}

}  // namespace
}  // namespace mhcnn
