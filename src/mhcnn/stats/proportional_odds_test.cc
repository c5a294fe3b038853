#include "mhcnn/stats/proportional_odds.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/random.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

Eigen::MatrixXd Matrix(const nlohmann::json& rows) {
  Eigen::MatrixXd m(static_cast<Eigen::Index>(rows.size()),
                    static_cast<Eigen::Index>(rows[0].size()));
  for (Eigen::Index r = 0; r < m.rows(); ++r) {
    for (Eigen::Index c = 0; c < m.cols(); ++c)
      m(r, c) = rows[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)];
  }
  return m;
}

TEST(ProportionalOdds, EqualsStatsmodels) {
  const auto cases = StatsGoldens("/proportional_odds");
  ASSERT_EQ(cases.size(), 2u);
  for (const auto& c : cases) {
    const auto fit = FitProportionalOdds(Matrix(c["features"]), c["truth"], 4, {.ridge = 0});
    ASSERT_EQ(fit.undefined, "");
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(fit.model.cuts[k], Doubles(c["cuts"])[k], 1e-5);
    for (std::size_t k = 0; k < 2; ++k)
      EXPECT_NEAR(fit.model.slopes[k], Doubles(c["slopes"])[k], 1e-5);
    const auto p = fit.model.Predict(Doubles(c["features"][0]));
    for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(p[k], Doubles(c["probabilities"])[k], 1e-6);
  }
}

TEST(ProportionalOdds, RecoversSimulatedModel) {
  const ProportionalOdds drawn{{-1, 0.5, 2}, {1.5}};
  RandomStream random(4);
  Eigen::MatrixXd features(4000, 1);
  std::vector<int> truth;
  for (Eigen::Index i = 0; i < features.rows(); ++i) {
    features(i, 0) = random.Normal(0, 1);
    double left = random.Uniform();
    const auto p = drawn.Predict({features(i, 0)});
    int y = 0;
    while (y < 3 && left > p[static_cast<std::size_t>(y)]) left -= p[static_cast<std::size_t>(y++)];
    truth.push_back(y);
  }
  const auto fit = FitProportionalOdds(features, truth, 4);
  ASSERT_EQ(fit.undefined, "");
  EXPECT_NEAR(fit.model.slopes[0], 1.5, 0.15);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(fit.model.cuts[k], drawn.cuts[k], 0.2);
}

TEST(ProportionalOdds, SeparatedCategoriesStayFinite) {
  Eigen::MatrixXd features(8, 1);
  features << -4, -3, -1, -0.5, 0.5, 1, 3, 4;
  const auto fit = FitProportionalOdds(features, {0, 0, 1, 1, 2, 2, 3, 3}, 4);
  ASSERT_EQ(fit.undefined, "");
  EXPECT_GT(fit.model.slopes[0], 1);
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(MedianCategory(fit.model.Predict({features(i, 0)})), i / 2) << i;
}

TEST(ProportionalOdds, ReportsFailedFit) {
  const Eigen::MatrixXd features = Eigen::MatrixXd::Ones(3, 1);
  const auto lacks = FitProportionalOdds(features, {0, 1, 3}, 4);
  EXPECT_EQ(lacks.undefined, "no case of category 2");
  EXPECT_EQ(lacks.missing, 2);
  EXPECT_THROW(FitProportionalOdds(features, {0, 1}, 2), Error);
  EXPECT_THROW(FitProportionalOdds(features, {0, 1, 4}, 4), Error);
  Eigen::MatrixXd bad = features;
  bad(1, 0) = std::numeric_limits<double>::quiet_NaN();
  const auto infinite = FitProportionalOdds(bad, {0, 1, 1}, 2);
  EXPECT_EQ(infinite.undefined, "a feature is not finite");
  EXPECT_FALSE(infinite.missing);
  EXPECT_THROW((ProportionalOdds{{0}, {1}}.Predict({1, 2})), Error);
}

TEST(ProportionalOdds, MedianIsWhereSumReachesHalf) {
  EXPECT_EQ(MedianCategory({0.5, 0.5}), 0);
  EXPECT_EQ(MedianCategory({0.3, 0.1, 0.1, 0.5}), 2);
  EXPECT_EQ(MedianCategory({0.1, 0.1, 0.1, 0.7}), 3);
}

}  // namespace
}  // namespace mhcnn
