#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace mhcnn {

/// Sums over processes of tensors on CUDA devices, by NCCL on a stream of its own: they go on
/// beside the backward pass. One process a device.
class NcclAllReduce {
 public:
  /// `broadcast` sends bytes of rank 0 to all. nullptr where this program was built without NCCL.
  static std::unique_ptr<NcclAllReduce> Create(
      int rank, int size, const std::function<void(void*, std::size_t)>& broadcast);
  virtual ~NcclAllReduce() = default;
  /// Begins the sum of a tensor over all processes, in place.
  virtual void AllReduceAsync(torch::Tensor& values) = 0;
  /// What is computed from now on sees the sums.
  virtual void Finish() = 0;
};

}  // namespace mhcnn
