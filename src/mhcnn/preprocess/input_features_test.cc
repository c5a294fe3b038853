#include "mhcnn/preprocess/input_features.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

std::size_t Count() { return InputFeatureNames().size(); }

TEST(ComputeInputFeatures, MatchHandComputedValues) {
  // Half of the input is breast: a step of grey, flat within.
  cv::Mat1f input = cv::Mat1f::zeros(128, 64);
  input.colRange(0, 16) = 0.8f;
  input.colRange(16, 32) = 0.4f;
  const auto features = ComputeInputFeatures(input);
  const auto& names = InputFeatureNames();
  const auto at = [&](const std::string& name) {
    return features[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) -
                                             names.begin())];
  };
  EXPECT_NEAR(at("fill"), 0.5, 1e-9);
  EXPECT_NEAR(at("mean"), 0.6, 1e-6);
  EXPECT_NEAR(at("deviation"), 0.2, 1e-6);
  EXPECT_NEAR(at("skewness"), 0, 1e-4);
  EXPECT_NEAR(at("lower_quartile"), 0.4, 1e-6);
  EXPECT_NEAR(at("upper_quartile"), 0.8, 1e-6);
  EXPECT_NEAR(at("aspect"), std::log(128.0 / 32), 1e-9);
  EXPECT_NEAR(at("chest_wall"), 1, 1e-9);
  EXPECT_NEAR(at("solidity"), 1, 1e-9);
}

TEST(ComputeInputFeatures, BlankInputHasZeroFeatures) {
  EXPECT_EQ(ComputeInputFeatures(cv::Mat1f::zeros(64, 64)), std::vector<double>(Count(), 0.0));
}

}  // namespace
}  // namespace mhcnn
