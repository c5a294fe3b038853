#include "mhcnn/preprocess/input_distribution.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/random.h"
#include "mhcnn/preprocess/input_features.h"
#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

std::size_t Count() { return InputFeatureNames().size(); }

/// Independent normals whose deviations are 1, 2, 3, ...
std::vector<std::vector<double>> Normals(int n) {
  RandomStream random(5);
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < n; ++i) {
    std::vector<double> row;
    for (std::size_t k = 0; k < Count(); ++k) {
      row.push_back(random.Normal(10, static_cast<double>(k) + 1));
    }
    rows.push_back(row);
  }
  return rows;
}

TEST(InputDistribution, DistanceIsMahalanobis) {
  const auto fitted = InputDistribution::Fit(Normals(20000), 0.975);
  std::vector<double> mean(Count(), 10.0);
  EXPECT_NEAR(fitted.Distance(mean), 0, 0.15);
  for (std::size_t k = 0; k < Count(); ++k) {
    auto away = mean;
    away[k] += 5 * (static_cast<double>(k) + 1);  // five deviations
    EXPECT_NEAR(fitted.Distance(away), 5, 0.15) << k;
  }
  // The square is chi-squared with 13 degrees of freedom: its 0.975 quantile is 24.736.
  ASSERT_EQ(Count(), 13u);
  EXPECT_NEAR(fitted.limit() * fitted.limit(), 24.736, 0.8);
}

TEST(InputDistribution, LimitComesFromHeldOutInputs) {
  const auto rows = Normals(24);
  double farthest = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto others = rows;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    farthest = std::max(farthest, InputDistribution::Fit(others).Distance(rows[i]));
  }
  EXPECT_NEAR(InputDistribution::Fit(rows, 1).limit(), farthest, 1e-3 * farthest);
}

TEST(InputDistribution, RoundTripsThroughJson) {
  const auto fitted = InputDistribution::Fit(Normals(100));
  const auto copy = nlohmann::json::parse(nlohmann::json(fitted).dump()).get<InputDistribution>();
  const auto probe = Normals(1).front();
  EXPECT_DOUBLE_EQ(copy.Distance(probe), fitted.Distance(probe));
  EXPECT_EQ(copy.limit(), fitted.limit());
}

TEST(InputDistribution, AcceptsFewOrEqualInputs) {
  EXPECT_TRUE(InputDistribution::Fit(Normals(5)).empty());
  EXPECT_EQ(nlohmann::json(InputDistribution{}), nlohmann::json::object());
  EXPECT_TRUE(nlohmann::json::object().get<InputDistribution>().empty());
  const auto same = InputDistribution::Fit(
      std::vector<std::vector<double>>(30, std::vector<double>(Count(), 1.5)));
  EXPECT_TRUE(std::isfinite(same.Distance(std::vector<double>(Count(), 1.6))));
  EXPECT_GT(same.limit(), 0);
}

TEST(InputDistribution, RefusesInvalidJson) {
  const nlohmann::json good = InputDistribution::Fit(Normals(100));
  const auto refused = [&](const auto& change) {
    nlohmann::json bad = good;
    change(bad);
    EXPECT_THROW(bad.get<InputDistribution>(), Error) << bad.dump().substr(0, 80);
  };
  refused([](auto& j) { j["features"][0] = "other"; });
  refused([](auto& j) { j.erase("limit"); });
  refused([](auto& j) { j["limit"] = 0; });
  refused([](auto& j) { j["mean"].push_back(1); });
  refused([](auto& j) { j["covariance"].erase(0); });
  refused([](auto& j) { j["covariance"][0][0] = -1; });
  refused([](auto& j) { j["mean"] = "x"; });
}

}  // namespace
}  // namespace mhcnn
