#include "mhcnn/nn/sync_batch_norm.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/summing_threads.h"

namespace mhcnn::nn {
namespace {

using testing_support::SummingThreads;

constexpr double kMomentum = 0.1, kEpsilon = 1e-3;

/// A batch norm with its input.
struct Norm {
  torch::Tensor x, weight, bias, running_mean, running_var;
};

Norm MakeNorm(const torch::Tensor& x) {
  return {x.clone().requires_grad_(), torch::tensor({0.5f, 1.5f, -2.0f}).requires_grad_(),
          torch::tensor({0.1f, 0.0f, -0.3f}).requires_grad_(), torch::tensor({0.2f, 0.0f, 1.0f}),
          torch::tensor({1.0f, 2.0f, 0.5f})};
}

/// Five images of three channels whose means lie far from 0.
torch::Tensor Images() {
  torch::manual_seed(7);
  return torch::randn({5, 3, 4, 6}) * 2 + torch::tensor({3.0f, -1.0f, 40.0f}).view({1, 3, 1, 1});
}

torch::Tensor Loss(const torch::Tensor& y, std::int64_t first) {
  const auto factors = torch::linspace(-1, 1, 5 * 3 * 4 * 6).view({5, 3, 4, 6});
  return (y * factors.narrow(0, first, y.size(0))).sum() + (y * y * y).sum() / 10;
}

TEST(SyncBatchNorm, EqualsBatchNormOfTheWholeBatchForUnequalParts) {
  const torch::Tensor images = Images();
  Norm whole = MakeNorm(images);
  const torch::Tensor wanted =
      torch::batch_norm(whole.x, whole.weight, whole.bias, whole.running_mean, whole.running_var,
                        true, kMomentum, kEpsilon, false);
  Loss(wanted, 0).backward();

  const std::int64_t first[] = {0, 2}, count[] = {2, 3};
  std::vector<Norm> parts;
  for (const int rank : {0, 1})
    parts.push_back(MakeNorm(images.narrow(0, first[rank], count[rank])));
  std::vector<torch::Tensor> found(2);
  SummingThreads threads(2);
  const AllReduceFunction sum = [&](torch::Tensor& values) { threads.Sum(values); };
  threads.Run([&](int rank) {
    Norm& own = parts[static_cast<std::size_t>(rank)];
    found[static_cast<std::size_t>(rank)] = SyncBatchNorm(
        own.x, own.weight, own.bias, own.running_mean, own.running_var, kMomentum, kEpsilon, sum);
    Loss(found[static_cast<std::size_t>(rank)], first[rank]).backward();
  });
  EXPECT_TRUE(torch::cat({found[0], found[1]}).allclose(wanted, 1e-4, 1e-5));
  EXPECT_TRUE(
      torch::cat({parts[0].x.grad(), parts[1].x.grad()}).allclose(whole.x.grad(), 1e-3, 1e-4));
  EXPECT_TRUE(
      (parts[0].weight.grad() + parts[1].weight.grad()).allclose(whole.weight.grad(), 1e-4, 1e-4));
  EXPECT_TRUE(
      (parts[0].bias.grad() + parts[1].bias.grad()).allclose(whole.bias.grad(), 1e-4, 1e-4));
  for (const Norm& own : parts) {
    EXPECT_TRUE(own.running_mean.allclose(whole.running_mean, 1e-6));
    EXPECT_TRUE(own.running_var.allclose(whole.running_var, 1e-5));
  }
}

TEST(SyncBatchNorm, EqualsBatchNormInOneProcess) {
  Norm theirs = MakeNorm(Images()), ours = MakeNorm(Images());
  const AllReduceFunction alone = [](torch::Tensor&) {};
  const torch::Tensor wanted = torch::batch_norm(theirs.x, theirs.weight, theirs.bias,
                                                 theirs.running_mean, theirs.running_var, true,
                                                 kMomentum, kEpsilon, false),
                      found = SyncBatchNorm(ours.x, ours.weight, ours.bias, ours.running_mean,
                                            ours.running_var, kMomentum, kEpsilon, alone);
  Loss(wanted, 0).backward();
  Loss(found, 0).backward();
  EXPECT_TRUE(found.allclose(wanted, 1e-4, 1e-5));
  EXPECT_TRUE(ours.x.grad().allclose(theirs.x.grad(), 1e-3, 1e-4));
  EXPECT_TRUE(ours.running_var.allclose(theirs.running_var, 1e-5));
}

}  // namespace
}  // namespace mhcnn::nn
