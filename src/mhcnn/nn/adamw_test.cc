#include "mhcnn/nn/adamw.h"

#include <gtest/gtest.h>

#include "mhcnn/base/error.h"

namespace mhcnn::nn {
namespace {

torch::Tensor Weights(bool channels_last) {
  auto weights = torch::linspace(-1, 1, 2 * 3 * 5 * 5).view({2, 3, 5, 5});
  if (channels_last) weights = weights.contiguous(torch::MemoryFormat::ChannelsLast);
  return weights.clone().requires_grad_();
}

torch::Tensor Loss(const torch::Tensor& weights) { return (weights * weights).sin().sum(); }

TEST(AdamW, EqualsLibTorchInBothMemoryFormats) {
  auto reference = Weights(false);
  torch::optim::AdamW theirs({reference}, torch::optim::AdamWOptions(0.01).weight_decay(0.1));
  for (int i = 0; i < 20; ++i) {
    theirs.zero_grad();
    Loss(reference).backward();
    theirs.step();
  }
  for (const bool channels_last : {false, true}) {
    auto weights = Weights(channels_last), unused = torch::ones({3}).requires_grad_();
    AdamW ours({{"weights", weights}, {"unused", unused}}, 0.1);
    for (int i = 0; i < 20; ++i) {
      ours.ZeroGradients();
      Loss(weights).backward();
      ours.Step(0.01);
    }
    EXPECT_LT((weights - reference).abs().max().item<double>(), 1e-6);
    EXPECT_TRUE(unused.equal(torch::ones({3}))) << "no gradient, no decay";
    EXPECT_EQ(ours.moments().size(), 1u);
  }
}

TEST(AdamW, ResumesExactlyFromSavedMoments) {
  auto a = Weights(true);
  AdamW whole({{"a", a}}, 0.1);
  const auto step = [](AdamW& optimizer, const torch::Tensor& weights) {
    optimizer.ZeroGradients();
    Loss(weights).backward();
    optimizer.Step(0.01);
  };
  for (int i = 0; i < 3; ++i) step(whole, a);
  auto b = a.detach().clone().requires_grad_();
  AdamW resumed({{"a", b}}, 0.1);
  const auto& saved = whole.moments().at("a");
  resumed.SetMoments("a", saved.first.contiguous(), saved.second.contiguous(),
                     saved.steps.item<double>());
  for (int i = 0; i < 3; ++i) {
    step(whole, a);
    step(resumed, b);
  }
  EXPECT_TRUE(a.equal(b));
  EXPECT_THROW(resumed.SetMoments("none", saved.first, saved.second, 1), Error);
  EXPECT_THROW(resumed.SetMoments("a", torch::zeros({2}), torch::zeros({2}), 1), Error);
}

TEST(AdamW, ClipsGradientNorm) {
  auto weights = torch::ones({4}).requires_grad_();
  AdamW optimizer({{"weights", weights}}, 0);
  (3 * weights).sum().backward();
  EXPECT_NEAR(optimizer.ClipGradients(1), 6, 1e-5);
  EXPECT_NEAR(weights.grad().norm().item<double>(), 1, 1e-4);
}

}  // namespace
}  // namespace mhcnn::nn
