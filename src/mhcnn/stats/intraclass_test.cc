#include "mhcnn/stats/intraclass.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

Eigen::MatrixXd ReadRatings(const nlohmann::json& json) {
  const auto rows = json.get<std::vector<std::vector<double>>>();
  Eigen::MatrixXd ratings(rows.size(), rows[0].size());
  for (Eigen::Index i = 0; i < ratings.rows(); ++i) {
    for (Eigen::Index j = 0; j < ratings.cols(); ++j) ratings(i, j) = rows[i][j];
  }
  return ratings;
}

TEST(Reliability, EqualsPingouin) {
  for (const auto& c : StatsGoldens("/reliability")) {
    const auto found = MeasureIntraclassCorrelations(ReadRatings(c["ratings"]));
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

TEST(Reliability, StatesUndefinedValues) {
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
