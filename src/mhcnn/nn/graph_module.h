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

/// What one forward pass gives, in 32-bit floats; undefined where the network lacks the head.
struct Outputs {
  torch::Tensor segmentation;  ///< (N, masks, H, W) logits
  torch::Tensor percent;       ///< (N, 1), percent density / 100
  torch::Tensor category;      ///< (N, 4) logits, a to d
  /// (N, channels), means of the encoder's last map (FeatureLayer); undefined while training.
  torch::Tensor features{};

  /// Returns copies in the memory of the host.
  Outputs Cpu() const;
  /// A zero that depends on none of them, of their type and device.
  torch::Tensor Zero() const;
};

/// The network of `model` in LibTorch: interprets its list of layers. Parameters keep the list's
/// names.
class GraphModule : public torch::nn::Module {
 public:
  /// Builds all layers; the weights are not set.
  explicit GraphModule(Network network);

  /// `images`: (N, 1, H, W) floats, sides multiples of 32.
  Outputs Forward(const torch::Tensor& images);

  /// He initialisation (fan-out) of convolutions, ones and zeros of batch norms, as torchvision;
  /// from `seed`.
  void Initialize(std::uint64_t seed);
  /// Weights by name; those absent from `weights` stay. Throws Error(kCorrupt) on another shape.
  void Load(const TensorMap& weights);
  /// Returns weights and running statistics by name.
  TensorMap Save() const;

  /// Frozen modules get no gradient, and their batch norms keep their running statistics.
  void Freeze(const std::set<mhcnn::Module>& modules);

  /// Batch norms take their statistics from the images of all processes; an empty function: from
  /// this one's.
  void SynchronizeBatchNorm(AllReduceOverProcesses sum) { sum_ = std::move(sum); }
  /// Means and variances that batch norms keep.
  std::vector<torch::Tensor> RunningStatistics() const;

  /// Returns the list of layers.
  const Network& network() const { return network_; }
  /// Returns a tensor by its name, which must exist.
  const torch::Tensor& Weight(const std::string& name) const { return tensors_.at(name); }
  /// Trainable tensors with their names, in the network's order.
  std::vector<std::pair<std::string, torch::Tensor>> Trainable() const;

 private:
  torch::Tensor Run(const Layer& layer, const std::vector<torch::Tensor>& values);

  Network network_;
  std::map<std::string, torch::Tensor> tensors_;  ///< parameters and running statistics by name
  std::set<mhcnn::Module> frozen_;
  AllReduceOverProcesses sum_;
  std::vector<int> last_use_;  ///< of each layer's value, so that it can be let go
};

/// Host tensors to LibTorch's and back (float types become 32-bit floats).
torch::Tensor ToTorch(const Tensor& tensor);
/// Copies a tensor of LibTorch to the host.
Tensor FromTorch(const torch::Tensor& tensor);

}  // namespace mhcnn::nn
