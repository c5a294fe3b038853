#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace mhcnn {

/// Sums over processes of tensors on CUDA devices, by NCCL on a stream of its own, while the
/// backward pass runs. One process for each device.
class NcclAllReduce {
 public:
  /// Returns nullptr if built without NCCL. `broadcast` sends bytes of rank 0 to all.
  static std::unique_ptr<NcclAllReduce> Create(
      int rank, int size, const std::function<void(void*, std::size_t)>& broadcast);
  virtual ~NcclAllReduce() = default;
  /// Begins the sum of a tensor over all processes, in place.
  virtual void AllReduceAsync(torch::Tensor& values) = 0;
  /// Makes all later computations see the sums.
  virtual void Finish() = 0;
};

}  // namespace mhcnn
