#pragma once

#include <torch/torch.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/model/network.h"
#include "mhcnn/model/tensor.h"
#include "mhcnn/nn/sync_batch_norm.h"

namespace mhcnn::nn {

/// Outputs of one forward pass, in 32-bit floats; undefined if the network has no such head.
struct Outputs {
  torch::Tensor segmentation;  ///< (N, masks, H, W) logits
  torch::Tensor percent;       ///< (N, 1), percent density / 100
  torch::Tensor category;      ///< (N, 4) logits, a to d
  /// (N, channels), means of the encoder's last map (FeatureLayer); undefined while training.
  torch::Tensor features{};

  /// Returns copies in the memory of the host.
  Outputs Cpu() const;
  /// Returns a zero that depends on none of the outputs, of their type and device.
  torch::Tensor Zero() const;
};

/// Network of `model` in LibTorch, which interprets its list of layers. Parameters keep the list's
/// names.
class GraphModule : public torch::nn::Module {
 public:
  /// Builds all layers; the weights are not set.
  explicit GraphModule(Network network);

  /// Runs the network. `images`: (N, 1, H, W) floats, sides multiples of 32.
  Outputs Forward(const torch::Tensor& images);

  /// Sets the first weights from `seed`: He initialisation (fan-out) of convolutions, ones and
  /// zeros of batch norms, as torchvision.
  void Initialize(std::uint64_t seed);
  /// Loads weights by name; other weights do not change. Throws Error(kCorrupt) on another shape.
  void Load(const TensorMap& weights);
  /// Returns weights and running statistics by name.
  TensorMap Save() const;

  /// Freezes modules: they get no gradient, and their batch norms keep their running statistics.
  void Freeze(const std::set<mhcnn::Module>& modules);

  /// Makes batch norms use the statistics of the images of all processes; with an empty function,
  /// of this process's images.
  void SynchronizeBatchNorm(AllReduceFunction sum) { sum_ = std::move(sum); }
  /// Returns the means and variances that batch norms keep.
  std::vector<torch::Tensor> RunningStatistics() const;

  /// Returns the list of layers.
  const Network& network() const { return network_; }
  /// Returns a tensor by its name, which must exist.
  const torch::Tensor& Weight(const std::string& name) const { return tensors_.at(name); }
  /// Returns the trainable tensors with their names, in the network's order.
  std::vector<std::pair<std::string, torch::Tensor>> Trainable() const;

 private:
  torch::Tensor Run(const Layer& layer, const std::vector<torch::Tensor>& values);

  Network network_;
  std::map<std::string, torch::Tensor> tensors_;  ///< parameters and running statistics by name
  std::set<mhcnn::Module> frozen_;
  AllReduceFunction sum_;
  std::vector<int> last_use_;  ///< of each layer's value, so that it can be let go
};

/// Copies a host tensor to LibTorch; all float types become 32-bit floats.
torch::Tensor ToTorch(const Tensor& tensor);
/// Copies a tensor of LibTorch to the host, as 32-bit floats.
Tensor FromTorch(const torch::Tensor& tensor);

}  // namespace mhcnn::nn
