#include "mhcnn/nn/adamw.h"

#include <ATen/ops/_fused_adamw.h>

#include <algorithm>

#include "mhcnn/base/error.h"

namespace mhcnn::nn {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;  // the authors', PyTorch's default

}  // namespace

void AdamW::ZeroGradients() {
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad().reset();
}

double AdamW::ClipGradients(double largest) {
  std::vector<torch::Tensor> tensors;
  for (const auto& [name, parameter] : parameters_) tensors.push_back(parameter);
  return torch::nn::utils::clip_grad_norm_(tensors, largest);
}

void AdamW::Step(double learning_rate) {
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> weights, gradients, first, second, steps;
  for (const auto& [name, parameter] : parameters_) {
    if (!parameter.grad().defined()) continue;
    auto [entry, fresh] = moments_.try_emplace(name);
    Moments& m = entry->second;
    if (fresh)
      m = {torch::zeros_like(parameter), torch::zeros_like(parameter),
           torch::zeros({}, parameter.options())};
    m.steps += 1;
    weights.push_back(parameter);
    // The kernel walks memory: all must lie in the order of the weights.
    gradients.push_back(parameter.grad().strides() == parameter.strides()
                            ? parameter.grad()
                            : torch::empty_like(parameter).copy_(parameter.grad()));
    first.push_back(m.first);
    second.push_back(m.second);
    steps.push_back(m.steps);
  }
  if (weights.empty()) return;
  at::_fused_adamw_(weights, gradients, first, second, {}, steps, learning_rate, kBeta1, kBeta2,
                    weight_decay_, kEpsilon, false, false);
}

void AdamW::SetMoments(const std::string& name, const torch::Tensor& first,
                       const torch::Tensor& second, double steps) {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                  [&](const auto& p) { return p.first == name; });
  if (found == parameters_.end() || first.sizes() != found->second.sizes() ||
      second.sizes() != found->second.sizes()) {
    throw Error(ErrorCode::kCorrupt, "the optimiser's state of '" + name + "' does not fit");
  }
  const torch::NoGradGuard no_grad;
  moments_[name] = {torch::empty_like(found->second).copy_(first),
                    torch::empty_like(found->second).copy_(second),
                    torch::full({}, steps, found->second.options())};
}

}  // namespace mhcnn::nn
