#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mhcnn::nn {

/// AdamW (Loshchilov & Hutter 2019), the paper's optimiser: LibTorch's fused kernel, one pass over
/// the weights where torch::optim::AdamW makes nine. Its state is kept by name, so that it can be
/// saved.
class AdamW {
 public:
  /// State of the optimiser for a parameter.
  struct Moments {
    torch::Tensor first, second;  ///< running means of the gradient and of its square
    torch::Tensor steps;          ///< number of updates so far, one float for the kernel
  };

  /// Makes an optimiser of the named parameters. `weight_decay`: decoupled, as in the paper.
  AdamW(std::vector<std::pair<std::string, torch::Tensor>> parameters, double weight_decay)
      : parameters_(std::move(parameters)), weight_decay_(weight_decay) {}

  /// Removes all gradients.
  void ZeroGradients();
  /// Scales all gradients so that their common L2 norm is at most `largest`; returns the norm
  /// before.
  double ClipGradients(double largest);
  /// Makes one update; parameters without a gradient (of a head that has no loss) do not change.
  void Step(double learning_rate);

  /// Returns the state by parameter name.
  const std::map<std::string, Moments>& moments() const { return moments_; }
  /// Sets saved moments, in the parameters' memory format. Throws Error(kCorrupt) if they do not
  /// fit.
  void SetMoments(const std::string& name, const torch::Tensor& first, const torch::Tensor& second,
                  double steps);

 private:
  std::vector<std::pair<std::string, torch::Tensor>> parameters_;
  std::map<std::string, Moments> moments_;
  double weight_decay_;
};

}  // namespace mhcnn::nn
