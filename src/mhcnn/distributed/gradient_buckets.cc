#include "mhcnn/distributed/gradient_buckets.h"

#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>

namespace mhcnn {

struct GradientBuckets::Bucket {
  std::vector<torch::Tensor> parameters;
  std::int64_t values = 0;
  std::size_t missing = 0;  ///< gradients still to come
  torch::Tensor sum;
};

/// Called by the backward pass once a parameter has its gradient.
class GradientBuckets::Hook : public torch::autograd::PostAccumulateGradHook {
 public:
  Hook(GradientBuckets& owner, std::size_t bucket) : owner_(owner), bucket_(bucket) {}
  void operator()(const torch::autograd::Variable& /*parameter*/) override {
    owner_.Ready(bucket_);
  }

 private:
  GradientBuckets& owner_;
  std::size_t bucket_;
};

GradientBuckets::GradientBuckets(const std::vector<torch::Tensor>& parameters, ProcessGroup& group,
                                 std::size_t bytes)
    : group_(group) {
  if (group_.alone()) return;
  for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter) {
    if (buckets_.empty() ||
        static_cast<std::size_t>(buckets_.back()->values) * sizeof(float) >= bytes) {
      buckets_.push_back(std::make_unique<Bucket>());
    }
    buckets_.back()->parameters.push_back(*parameter);
    buckets_.back()->values += parameter->numel();
    torch::autograd::impl::set_post_acc_grad_hooks(
        *parameter, std::make_unique<Hook>(*this, buckets_.size() - 1));
  }
  for (auto& bucket : buckets_) {
    bucket->sum = torch::zeros({bucket->values}, bucket->parameters.front().options());
  }
}

GradientBuckets::~GradientBuckets() {
  for (auto& bucket : buckets_) {
    for (auto& parameter : bucket->parameters)
      torch::autograd::impl::set_post_acc_grad_hooks(parameter, nullptr);
  }
}

std::size_t GradientBuckets::buckets() const { return buckets_.size(); }

void GradientBuckets::Arm() {
  armed_ = true;
  started_ = 0;
  for (auto& bucket : buckets_) bucket->missing = bucket->parameters.size();
}

void GradientBuckets::Ready(std::size_t bucket) {
  if (!armed_) return;
  --buckets_[bucket]->missing;
  StartInOrder();
}

/// The order must be the same on all processes, whatever order their gradients come in.
void GradientBuckets::StartInOrder() {
  const torch::NoGradGuard no_grad;
  for (; started_ < buckets_.size() && buckets_[started_]->missing == 0; ++started_) {
    Bucket& bucket = *buckets_[started_];
    std::int64_t first = 0;
    for (const auto& parameter : bucket.parameters) {
      torch::Tensor place = bucket.sum.narrow(0, first, parameter.numel());
      // A view with the parameter's strides: the copy then goes straight through memory.
      place = place.as_strided(parameter.sizes(), parameter.strides(), place.storage_offset());
      if (parameter.grad().defined()) {
        place.copy_(parameter.grad());
      } else {
        place.zero_();
      }
      first += parameter.numel();
    }
    group_.AllReduceAsync(bucket.sum);
  }
}

void GradientBuckets::Finish() {
  if (!armed_) return;
  armed_ = false;
  const torch::NoGradGuard no_grad;
  // Heads without a loss have no gradient, and their buckets are not full.
  for (auto& bucket : buckets_) bucket->missing = 0;
  StartInOrder();
  group_.WaitForAllReduce();
  for (auto& bucket : buckets_) {
    std::int64_t first = 0;
    for (const auto& parameter : bucket->parameters) {
      if (parameter.grad().defined()) {
        const torch::Tensor place = bucket->sum.narrow(0, first, parameter.numel());
        parameter.mutable_grad().copy_(
            place.as_strided(parameter.sizes(), parameter.strides(), place.storage_offset()));
      }
      first += parameter.numel();
    }
  }
}

}  // namespace mhcnn
