#pragma once

#include <torch/torch.h>

#include <functional>

namespace mhcnn::nn {

/// Function that sums a contiguous tensor over all processes in place.
using AllReduceFunction = std::function<void(torch::Tensor&)>;

/// Normalises by mean and variance of the images of all processes together (Ioffe & Szegedy 2015
/// over the whole batch); updates the running statistics, with the unbiased variance as LibTorch
/// does. `x`: (N, C, H, W); `sum` must outlive the backward pass.
torch::Tensor SyncBatchNorm(const torch::Tensor& x, const torch::Tensor& weight,
                            const torch::Tensor& bias, const torch::Tensor& running_mean,
                            const torch::Tensor& running_var, double momentum, double epsilon,
                            const AllReduceFunction& sum);

}  // namespace mhcnn::nn
