#include "mhcnn/stats/least_squares.h"

#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

TEST(LeastSquares, LineMatchesHandComputedValues) {
  const LinearFit line = FitLinear({0, 1, 2, 3}, {1, 3, 2, 4});  // slope 4/5, intercept 2.5 - 1.2
  EXPECT_NEAR(line.slope, 0.8, 1e-12);
  EXPECT_NEAR(line.intercept, 1.3, 1e-12);
  EXPECT_EQ(FitLinear({2, 2}, {1, 3}).slope, 0);
  EXPECT_EQ(FitLinear({2, 2}, {1, 3}).intercept, 2);
  EXPECT_THROW(FitLinear({}, {}), Error);
}

TEST(LeastSquares, NonNegativeEqualsSciPy) {
  const auto cases = StatsGoldens("/non_negative_least_squares");
  ASSERT_EQ(cases.size(), 3u);
  for (const auto& c : cases) {
    const auto rows = static_cast<Eigen::Index>(c["wanted"].size());
    Eigen::MatrixXd columns(rows, 3);
    Eigen::VectorXd wanted(rows);
    for (Eigen::Index r = 0; r < rows; ++r) {
      for (Eigen::Index k = 0; k < 3; ++k)
        columns(r, k) = c["columns"][static_cast<std::size_t>(r)][static_cast<std::size_t>(k)];
      wanted(r) = c["wanted"][static_cast<std::size_t>(r)];
    }
    const auto weights = NonNegativeLeastSquares(columns, wanted);
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(weights[k], Doubles(c["weights"])[k], 1e-9);
  }
}

TEST(LeastSquares, ColumnsOfZeroGetZeroWeight) {
  Eigen::MatrixXd columns(3, 2);
  columns << 1, 0, 1, 0, 1, 0;
  const auto weights = NonNegativeLeastSquares(columns, Eigen::Vector3d(1, 2, 3));
  EXPECT_NEAR(weights[0], 2, 1e-12);
  EXPECT_EQ(weights[1], 0);
  EXPECT_EQ(NonNegativeLeastSquares(columns, Eigen::Vector3d(-1, -2, -3))[0], 0);
}

}  // namespace
}  // namespace mhcnn
