#pragma once

#include "nn/graph_module.h"

namespace mhcnn {

/// How the network is computed; the result is the same but for rounding.
struct ForwardOptions {
  bool bf16 = false;           ///< mixed precision: 16-bit where it is safe
  bool channels_last = false;  ///< memory format of images and weights
};

/// Forward pass in the given precision and memory format.
nn::Outputs RunForward(nn::GraphModule& network, const torch::Tensor& images,
                       const ForwardOptions& options);

/// Copies a tensor (N, C, H, W) to the memory format in which LibTorch computes convolutions
/// fastest. With C = 1 both formats have the same order of values and contiguous() would change
/// nothing, but LibTorch decides by the strides in which format it goes on.
torch::Tensor InChannelsLast(const torch::Tensor& tensor);
/// The same for all weights, in place; call it before an optimiser takes them.
void UseChannelsLast(nn::GraphModule& network);

}  // namespace mhcnn
