#include "mhcnn/nn/loss_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "mhcnn/testing/error_message.h"

namespace mhcnn::nn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;

TEST(LossOptions, CheckNamesTheKey) {
  EXPECT_NO_THROW(LossOptions().Check());
  const std::pair<const char*, std::function<void(LossOptions&)>> cases[] = {
      {"key 'loss.tversky_alpha' must lie in 0 to 10", [](auto& o) { o.segmentation.alpha = -1; }},
      {"loss.tversky_beta", [](auto& o) { o.segmentation.beta = 11; }},
      {"loss.tversky_exponent", [](auto& o) { o.segmentation.exponent = 0; }},
      {"loss.tversky_smooth", [](auto& o) { o.segmentation.smooth = 0; }},
      {"loss.mask_cross_entropy", [](auto& o) { o.mask_cross_entropy = -1; }},
      {"loss.regression_beta", [](auto& o) { o.regression.beta = std::nan(""); }},
      {"loss.regression_gamma", [](auto& o) { o.regression.gamma = 11; }},
      {"loss.category_range'", [](auto& o) { o.category_range.weight = -1; }},
      {"must be four percent densities each", [](auto& o) { o.category_range.weight = 1; }},
      {"must lie below",
       [](auto& o) {
         o.category_range = {.weight = 1, .low = {0, 0, 0, 0.5}, .high = {1, 1, 1, 0.5}};
       }},
      {"needs the masks 'breast' and 'dense'",
       [](auto& o) {
         o.category_range = {
             .weight = 1, .low = {0, 0, 0, 0}, .high = {1, 1, 1, 1}, .breast = 0, .dense = -1};
       }},
      {"loss.category_of_percent' needs four",
       [](auto& o) {
         o.category_of_percent.mean = {1, 2};
       }},
      {"loss.category_of_percent' must lie in",
       [](auto& o) {
         o.category_of_percent = {.mean = {1, 2, 3, 4}, .deviation = {1, 1, 0, 1}};
       }},
      {"loss.class_weights' must be four",
       [](auto& o) {
         o.class_weights = {1, 2};
       }},
      {"loss.class_weights' must lie in",
       [](auto& o) {
         o.class_weights = {1, 2, 3, -1};
       }},
      {"loss.lambda_segmentation", [](auto& o) { o.lambda_segmentation = -1; }},
      {"loss.lambda_regression", [](auto& o) { o.lambda_regression = -1; }},
      {"loss.lambda_classification", [](auto& o) { o.lambda_classification = INFINITY; }},
      {"loss.reader_trace", [](auto& o) { o.reader_trace = 11; }},
      {"loss.readers", [](auto& o) {
         o.readers = true;
         o.reader_mask = -1;
       }}};
  for (const auto& [message, change] : cases) {
    LossOptions options;
    change(options);
    EXPECT_THAT(ErrorMessage([&] { options.Check(); }, ErrorCode::kUsage), HasSubstr(message));
  }
}

TEST(LossOptions, ParsesRecipeNames) {
  EXPECT_EQ(ParseRegressionForm("x", "l2"), RegressionForm::kL2);
  EXPECT_EQ(ParseFocusActivation("x", "tanh"), FocusActivation::kTanh);
  EXPECT_EQ(ErrorMessage([] { ParseRegressionForm("key 'x'", "l3"); }, ErrorCode::kUsage),
            "key 'x' is 'l3', not one of l1, l2");
  EXPECT_EQ(ErrorMessage([] { ParseFocusActivation("key 'x'", "relu"); }, ErrorCode::kUsage),
            "key 'x' is 'relu', not one of sigmoid, tanh");
}

}  // namespace
}  // namespace mhcnn::nn
