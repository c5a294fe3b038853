#pragma once

#include <torch/torch.h>

#include <functional>

namespace mhcnn::nn {

/// Sums a contiguous tensor over all processes in place.
using AllReduceOverProcesses = std::function<void(torch::Tensor&)>;

/// Batch normalisation whose mean and variance are those of the images of all processes together
/// (Ioffe & Szegedy 2015 over the whole batch); updates the running statistics, with the unbiased
/// variance as LibTorch does. `x`: (N, C, H, W); `sum` must outlive the backward pass.
torch::Tensor SyncBatchNorm(const torch::Tensor& x, const torch::Tensor& weight,
                            const torch::Tensor& bias, const torch::Tensor& running_mean,
                            const torch::Tensor& running_var, double momentum, double epsilon,
                            const AllReduceOverProcesses& sum);

}  // namespace mhcnn::nn
