#include "mhcnn/nn/reader_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/nn/losses.h"

namespace mhcnn::nn {
namespace {

/// Numbers of readers with these rates.
torch::Tensor Numbers(const std::vector<float>& rates) {
  const auto r = torch::tensor(rates).view({-1, 2});
  return torch::log(r / (1 - r)) / 10;
}

TEST(ReaderModel, AppliesReaderErrorRates) {
  torch::manual_seed(1);
  const auto logits = 3 * torch::randn({3, 3, 4, 5});
  const auto numbers = Numbers({0.7f, 0.9f, 0.95f, 0.6f});
  const auto seen = ApplyReaderConfusion(logits, 1, torch::tensor({1, -1, 0}), numbers);
  const auto p = torch::sigmoid(logits), q = torch::sigmoid(seen);
  for (const std::int64_t channel : {0, 2})
    EXPECT_TRUE(torch::equal(seen.select(1, channel), logits.select(1, channel)));
  EXPECT_TRUE(torch::equal(seen[1], logits[1])) << "a trusted label";
  const auto marked = [&](std::int64_t n, double sensitivity, double specificity) {
    const auto wanted = sensitivity * p[n][1] + (1 - specificity) * (1 - p[n][1]);
    EXPECT_LT((q[n][1] - wanted).abs().max().item<double>(), 1e-6);
  };
  marked(0, 0.95, 0.6);
  marked(2, 0.7, 0.9);
  // Sure to the end of what a float holds: finite, and bounded by the reader's rates.
  const auto sure =
      ApplyReaderConfusion(torch::full({1, 3, 1, 1}, 80.0f), 1, torch::tensor({0}), numbers);
  EXPECT_NEAR(sure[0][1].item<double>(), std::log(0.7 / 0.3), 1e-5);
}

TEST(ReaderModel, StartsNearPerfectReaderAndNamesRates) {
  const auto numbers = InitialReaderParameters(2);
  ASSERT_EQ(numbers.size(), 4u);
  for (const auto& rates : ToReaderRates(numbers)) {
    EXPECT_NEAR(rates.sensitivity, 0.95, 1e-6);
    EXPECT_NEAR(rates.specificity, 0.95, 1e-6);
  }
  EXPECT_NEAR(ReaderTrace(Numbers({0.7f, 0.9f, 0.95f, 0.6f})).item<double>(), (1.6 + 1.55) / 2,
              1e-6);
}

TEST(ReaderModel, GradientsEqualFiniteDifferences) {
  torch::manual_seed(2);
  const auto logits = torch::randn({2, 2, 2, 3}, torch::kFloat32);
  LossOptions options;
  options.readers = true;
  options.reader_trace = 0.05;
  options.mask_cross_entropy = 0.5;
  options.lambda_regression = options.lambda_classification = 0;
  Targets targets;
  targets.masks = torch::rand({2, 2, 2, 3}).gt(0.5).to(torch::kFloat32);
  targets.mask_valid = torch::ones({2, 2});
  targets.reader = torch::tensor({0, -1});
  const auto loss = [&](const torch::Tensor& x, const torch::Tensor& numbers) {
    Outputs outputs;
    outputs.segmentation = x;
    return ComputeLosses(outputs, targets, options, {.readers = numbers}).total;
  };
  auto x = logits.clone().requires_grad_(), numbers = Numbers({0.8f, 0.9f}).requires_grad_();
  loss(x, numbers).backward();
  const double step = 1e-2;
  for (auto* tensor : {&x, &numbers}) {
    for (std::int64_t i = 0; i < tensor->numel(); ++i) {
      auto low = tensor->detach().clone(), high = low.clone();
      low.flatten()[i] -= step;
      high.flatten()[i] += step;
      const bool of_x = tensor == &x;
      const double slope = (loss(of_x ? high : x, of_x ? numbers : high) -
                            loss(of_x ? low : x, of_x ? numbers : low))
                               .item<double>() /
                           (2 * step);
      EXPECT_NEAR(tensor->grad().flatten()[i].item<double>(), slope, 2e-3) << of_x << " " << i;
    }
  }
}

TEST(ReaderModel, TrustedReaderKeepsLoss) {
  torch::manual_seed(4);
  Outputs outputs;
  outputs.segmentation = torch::randn({1, 3, 4, 4});
  LossOptions options;
  options.lambda_regression = options.lambda_classification = 0;
  Targets targets;
  targets.masks = torch::rand({1, 3, 4, 4}).gt(0.5).to(torch::kFloat32);
  targets.mask_valid = torch::ones({1, 3});
  const double plain = ComputeLosses(outputs, targets, options).segmentation.item<double>();
  options.readers = true;
  targets.reader = torch::tensor({-1});
  const Losses trusted =
      ComputeLosses(outputs, targets, options, {.readers = Numbers({0.8f, 0.9f})});
  EXPECT_NEAR(trusted.segmentation.item<double>(), plain, 1e-6);
  EXPECT_NEAR(trusted.total.item<double>(), plain + 0.01 * 1.7, 1e-6);
}

}  // namespace
}  // namespace mhcnn::nn
