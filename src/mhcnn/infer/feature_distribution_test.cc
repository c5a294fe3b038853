#include "mhcnn/infer/feature_distribution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/random.h"

namespace mhcnn {
namespace {

using Features = std::vector<std::vector<float>>;

/// Independent normal features, feature i with the deviation `scale / (i + 1)` about i.
Features Normals(std::uint64_t seed, std::size_t count, int size, double scale = 1) {
  RandomStream random(seed);
  Features rows(count);
  for (auto& row : rows) {
    for (int i = 0; i < size; ++i) {
      row.push_back(static_cast<float>(i + scale * random.Normal() / (i + 1)));
    }
  }
  return rows;
}

TEST(FeatureDistribution, EqualsMahalanobisDistance) {
  const Features rows = Normals(1, 20000, 6);
  const auto fitted = FeatureDistribution::Fit(rows, {});
  // Deviations are known: a point k deviations off along feature i is k away from the mean.
  std::vector<float> mean, off;
  for (int i = 0; i < 6; ++i) mean.push_back(static_cast<float>(i));
  const auto score = [&](int feature, double k) {
    off = mean;
    off[static_cast<std::size_t>(feature)] += static_cast<float>(k / (feature + 1));
    return fitted.Score(off);
  };
  // 95 % of chi with 6 degrees of freedom: sqrt(12.592).
  const double limit = std::sqrt(12.592);
  EXPECT_NEAR(score(0, 5), 5 / limit, 0.03);
  EXPECT_NEAR(score(5, 5), 5 / limit, 0.03);
  EXPECT_NEAR(fitted.Score(mean), 0, 0.03);
}

TEST(FeatureDistribution, OtherDirectionsShareVariance) {
  // One wide direction and 39 alike: more than are kept.
  RandomStream random(3);
  Features rows(4000);
  for (auto& row : rows) {
    for (int i = 0; i < 40; ++i)
      row.push_back(static_cast<float>((i == 0 ? 10 : 1) * random.Normal()));
  }
  const auto fitted = FeatureDistribution::Fit(rows, {});
  std::vector<float> wide(40, 0.f), narrow(40, 0.f);
  wide[0] = 30;
  narrow[7] = 30;
  EXPECT_NEAR(fitted.Score(wide) * 10, fitted.Score(narrow), 0.1 * fitted.Score(narrow));
}

TEST(FeatureDistribution, LimitComesFromHeldOutPictures) {
  const Features rows = Normals(1, 2000, 8);
  const Features wider = Normals(2, 400, 8, 2);
  const auto by_training = FeatureDistribution::Fit(rows, {});
  const auto by_held_out = FeatureDistribution::Fit(rows, wider);
  int within = 0;
  for (const auto& row : wider) within += by_held_out.Score(row) <= 1;
  EXPECT_NEAR(within / 400.0, 0.95, 0.005);
  EXPECT_NEAR(by_training.Score(wider[0]) / by_held_out.Score(wider[0]), 2, 0.2);
  EXPECT_TRUE(FeatureDistribution::Fit(Normals(1, 30, 8), {}).empty());
}

TEST(FeatureDistribution, RoundTripsThroughModelFile) {
  const auto fitted = FeatureDistribution::Fit(Normals(1, 500, 50), {});
  const nlohmann::json json = fitted;
  const auto read = json.get<FeatureDistribution>();
  for (const auto& row : Normals(5, 10, 50)) {
    EXPECT_NEAR(read.Score(row), fitted.Score(row), 5e-3);
  }
  EXPECT_TRUE(nlohmann::json::object().get<FeatureDistribution>().empty());
  for (const char* key : {"mean", "directions", "variances", "rest", "limit"}) {
    nlohmann::json without = json;
    without.erase(key);
    EXPECT_THROW(without.get<FeatureDistribution>(), Error) << key;
    nlohmann::json wrong = json;
    wrong[key] = key == std::string("rest") || key == std::string("limit")
                     ? nlohmann::json(-1)
                     : nlohmann::json::array({1.0});
    EXPECT_THROW(wrong.get<FeatureDistribution>(), Error) << key;
    wrong[key] = nlohmann::json::array();
    EXPECT_THROW(wrong.get<FeatureDistribution>(), Error) << key;
  }
}

}  // namespace
}  // namespace mhcnn
