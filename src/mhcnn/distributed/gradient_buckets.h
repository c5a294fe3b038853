#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "mhcnn/distributed/process_group.h"

namespace mhcnn {

/// Sums the gradients of all processes while the backward pass still runs (Li et al. 2020, "PyTorch
/// Distributed"): parameters are packed in buckets in the order in which their gradients come, the
/// last layer's first, and a bucket's sum begins with its last gradient.
class GradientBuckets {
 public:
  /// Packs `parameters`, in the network's order, in buckets of about `bytes`.
  GradientBuckets(const std::vector<torch::Tensor>& parameters, ProcessGroup& group,
                  std::size_t bytes = std::size_t{4} << 20);
  ~GradientBuckets();
  GradientBuckets(const GradientBuckets&) = delete;
  GradientBuckets& operator=(const GradientBuckets&) = delete;

  /// Marks the next backward pass as the last of a step: its gradients are to be summed.
  void Arm();
  /// Waits for the sums; then each parameter that has a gradient has the sum over all processes. A
  /// parameter must have one on all processes or on none.
  void Finish();
  /// Returns the number of buckets.
  std::size_t buckets() const;

 private:
  struct Bucket;
  class Hook;
  void Ready(std::size_t bucket);
  void StartInOrder();

  ProcessGroup& group_;
  std::vector<std::unique_ptr<Bucket>> buckets_;
  bool armed_ = false;
  std::size_t started_ = 0;  ///< buckets whose sums have begun
};

}  // namespace mhcnn
