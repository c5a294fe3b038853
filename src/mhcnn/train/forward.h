#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "mhcnn/distributed/process_group.h"
#include "mhcnn/nn/graph_module.h"

namespace mhcnn {

/// Options of the computation of the network; the result is the same but for rounding.
struct ForwardOptions {
  bool bf16 = false;           ///< mixed precision: 16-bit where it is safe
  bool channels_last = false;  ///< memory format of images and weights

  std::string Name() const;  ///< returns a name, e.g. "bf16-channels-last"
  /// Returns the options of a name. Throws Error(kCorrupt) if there are none.
  static ForwardOptions Named(const std::string& name);
  /// Returns all combinations.
  static const std::vector<ForwardOptions>& All();
};

/// Runs a forward pass in the given precision and memory format.
nn::Outputs RunForward(nn::GraphModule& network, const torch::Tensor& images,
                       const ForwardOptions& options);

/// Returns the options of the fastest step on this machine, and by all processes together: measured
/// by forward and backward passes of noise, a few seconds for a large network. Processors differ:
/// bf16 halves the time on one with fast instructions for it and costs a third more on another.
ForwardOptions MeasureFastestForward(const Network& network, cv::Size input, int images,
                                     torch::Device device, ProcessGroup& group);

/// Copies a tensor (N, C, H, W) to the memory format in which LibTorch computes convolutions
/// fastest. With C = 1 both formats have the same order of values and contiguous() would change
/// nothing, but LibTorch decides by the strides in which format it continues.
torch::Tensor ToChannelsLast(const torch::Tensor& tensor);
/// Copies all weights to this format, in place; call it before an optimiser gets them.
void UseChannelsLast(nn::GraphModule& network);

}  // namespace mhcnn
