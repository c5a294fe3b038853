#include "mhcnn/distributed/gradient_buckets.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/thread_group.h"

namespace mhcnn {
namespace {

using testing_support::SummingThreads;
using testing_support::ThreadGroup;

/// Weights of a small function, the same on each process.
std::vector<torch::Tensor> Weights() {
  return {torch::linspace(-1, 1, 12).view({3, 4}).clone().requires_grad_(),
          torch::linspace(0, 1, 3).clone().requires_grad_(),
          torch::ones({5}).requires_grad_()};  // without a part in the loss
}

torch::Tensor Loss(const std::vector<torch::Tensor>& weights, const torch::Tensor& x) {
  return (torch::matmul(weights[0], x) * weights[1]).sin().sum();
}

torch::Tensor Input(int number) {
  return torch::linspace(-1, 2, 4) * static_cast<double>(number + 1);
}

TEST(GradientBuckets, PacksFromTheLastParameterOn) {
  SummingThreads threads(2);
  ThreadGroup group(threads, 0, 2);
  std::vector<torch::Tensor> parameters;
  for (int i = 0; i < 5; ++i) parameters.push_back(torch::zeros({4}).requires_grad_());
  // Two of 16 bytes fill a bucket of 32; the first parameter is left over.
  EXPECT_EQ(GradientBuckets(parameters, group, 32).buckets(), 3u);
  EXPECT_EQ(GradientBuckets(parameters, group, 1).buckets(), 5u);
  EXPECT_EQ(GradientBuckets(parameters, group).buckets(), 1u);
}

TEST(GradientBuckets, LeavesGradientsOfOneProcessAsTheyAre) {
  ProcessGroup alone;
  const auto weights = Weights(), expected = Weights();
  GradientBuckets buckets(weights, alone);
  EXPECT_EQ(buckets.buckets(), 0u);
  buckets.Arm();
  Loss(weights, Input(0)).backward();
  buckets.Finish();
  Loss(expected, Input(0)).backward();
  EXPECT_TRUE(weights[0].grad().equal(expected[0].grad()));
}

TEST(GradientBuckets, SumsGradientsOverProcesses) {
  const auto expected = Weights();
  (Loss(expected, Input(0)) + Loss(expected, Input(1))).backward();
  for (const std::size_t bytes : {1, 16, 4096}) {
    SummingThreads threads(2);
    std::vector<std::vector<torch::Tensor>> weights = {Weights(), Weights()};
    threads.Run([&](int rank) {
      ThreadGroup group(threads, rank, 2);
      auto& own = weights[static_cast<std::size_t>(rank)];
      GradientBuckets buckets(own, group, bytes);
      buckets.Arm();
      Loss(own, Input(rank)).backward();
      buckets.Finish();
      EXPECT_EQ(group.sums, static_cast<int>(buckets.buckets()));
    });
    for (const auto& own : weights) {
      for (const std::size_t i : {0, 1})
        EXPECT_TRUE(own[i].grad().allclose(expected[i].grad(), 1e-6)) << bytes << " bytes";
      EXPECT_FALSE(own[2].grad().defined());
    }
  }
}

TEST(GradientBuckets, SumsWhatSeveralPassesAccumulated) {
  const auto expected = Weights();
  for (const int number : {0, 1, 2, 3}) Loss(expected, Input(number)).backward();
  SummingThreads threads(2);
  std::vector<std::vector<torch::Tensor>> weights = {Weights(), Weights()};
  threads.Run([&](int rank) {
    ThreadGroup group(threads, rank, 2);
    auto& own = weights[static_cast<std::size_t>(rank)];
    GradientBuckets buckets(own, group);
    Loss(own, Input(2 * rank)).backward();
    EXPECT_EQ(group.sums, 0) << "a pass that is not the last";
    buckets.Arm();
    Loss(own, Input(2 * rank + 1)).backward();
    buckets.Finish();
  });
  for (const auto& own : weights) EXPECT_TRUE(own[0].grad().allclose(expected[0].grad(), 1e-6));
}

TEST(GradientBuckets, BeginsSumsWithinTheBackwardPass) {
  SummingThreads threads(2);
  threads.Run([&](int rank) {
    ThreadGroup group(threads, rank, 2);
    std::vector<torch::Tensor> own = Weights();
    own.pop_back();
    GradientBuckets buckets(own, group, 1);
    buckets.Arm();
    Loss(own, Input(rank)).backward();
    EXPECT_EQ(group.sums, 2) << "all gradients have come";
    buckets.Finish();
    EXPECT_EQ(group.sums, 2);
  });
}

TEST(GradientBuckets, SumsGradientsOfChannelsLastWeights) {
  const auto weights = [] {
    const auto options = torch::TensorOptions().memory_format(torch::MemoryFormat::ChannelsLast);
    return torch::empty({2, 3, 2, 2}, options)
        .copy_(torch::linspace(-1, 1, 24).view({2, 3, 2, 2}))
        .requires_grad_();
  };
  const auto loss = [](const torch::Tensor& w, int rank) { return (w * w * (rank + 1)).sum(); };
  SummingThreads threads(2);
  std::vector<torch::Tensor> found = {weights(), weights()};
  threads.Run([&](int rank) {
    ThreadGroup group(threads, rank, 2);
    auto& own = found[static_cast<std::size_t>(rank)];
    GradientBuckets buckets({own}, group);
    buckets.Arm();
    loss(own, rank).backward();
    buckets.Finish();
  });
  // d/dw of w^2 + 2 w^2
  for (const auto& own : found) EXPECT_TRUE(own.grad().allclose(6 * own.detach(), 1e-6));
}

TEST(GradientBuckets, NoLongerSumsOnceItIsGone) {
  SummingThreads threads(2);
  ThreadGroup group(threads, 0, 2);
  const auto weights = Weights();
  {
    GradientBuckets buckets(weights, group);
    buckets.Arm();
  }
  Loss(weights, Input(0)).backward();
  EXPECT_EQ(group.sums, 0);
}

}  // namespace
}  // namespace mhcnn
