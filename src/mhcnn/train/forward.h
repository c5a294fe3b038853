#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "mhcnn/distributed/process_group.h"
#include "mhcnn/nn/graph_module.h"

namespace mhcnn {

/// How the network is computed; the result is the same but for rounding.
struct ForwardOptions {
  bool bf16 = false;           ///< mixed precision: 16-bit where it is safe
  bool channels_last = false;  ///< memory format of images and weights

  std::string Name() const;  ///< e.g. "bf16-channels-last"
  /// Throws Error(kCorrupt) where there is none of that name.
  static ForwardOptions Named(const std::string& name);
  /// Returns all combinations.
  static const std::vector<ForwardOptions>& All();
};

/// Forward pass in the given precision and memory format.
nn::Outputs RunForward(nn::GraphModule& network, const torch::Tensor& images,
                       const ForwardOptions& options);

/// The way in which a step is fastest on this machine, and by all processes together: measured by
/// forward and backward passes of noise, a few seconds for a large network. Processors differ: bf16
/// halves the time on one with fast instructions for it and costs a third more on another.
ForwardOptions FastestForward(const Network& network, cv::Size input, int images,
                              torch::Device device, ProcessGroup& group);

/// Copies a tensor (N, C, H, W) to the memory format in which LibTorch computes convolutions
/// fastest. With C = 1 both formats have the same order of values and contiguous() would change
/// nothing, but LibTorch decides by the strides in which format it goes on.
torch::Tensor InChannelsLast(const torch::Tensor& tensor);
/// The same for all weights, in place; call it before an optimiser takes them.
void UseChannelsLast(nn::GraphModule& network);

}  // namespace mhcnn
