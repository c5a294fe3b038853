#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "mhcnn/distributed/gradient_buckets.h"
#include "mhcnn/distributed/process_group.h"
#include "mhcnn/loader/batch_loader.h"
#include "mhcnn/nn/adamw.h"
#include "mhcnn/train/forward.h"
#include "mhcnn/train/readers.h"
#include "mhcnn/train/recipe.h"

namespace mhcnn {

/// Losses of a step or an epoch: total, segmentation, regression, classification.
using LossValues = std::array<double, 4>;

/// Seconds of the steps so far, by part; on a CUDA device until the work was handed over.
struct StepSeconds {
  double forward = 0;  ///< forward pass and losses
  /// Backward pass.
  double backward = 0;
  double update = 0;  ///< waiting for the other processes' gradients, clipping, AdamW, averaging
};

/// The network under training on a device, its averaged weights and its optimiser: one step of a
/// recipe after another, together with the other processes of the group.
class Learner {
 public:
  /// Builds the network with its first weights, computed as the recipe says (fp32 where that is to
  /// be measured). Throws Error where the recipe's pretrained weights do not fit.
  Learner(const Recipe& recipe, ProcessGroup& group, torch::Device device);

  /// Sets how the network is computed. Call it before the first phase.
  void UseForward(const ForwardOptions& forward);

  /// Sets a phase's losses and frozen modules, with a new optimiser. `learned`: numbers learned so
  /// far; they must contain the readers if the recipe has them.
  void BeginPhase(const Phase& phase, const AuxiliaryState& learned);

  /// Makes one update of the weights from this process's part of each forward pass. Returns the
  /// losses over all processes; if they are not finite, nothing was updated.
  LossValues Step(const std::vector<Batch>& passes, double learning_rate, std::uint64_t steps_done);

  /// Returns the name of a parameter that is not finite; empty if all are finite.
  std::string FindNonFiniteParameter() const;
  /// Copies the numbers learned so far into `values`.
  void Store(AuxiliaryState& values) const;

  /// Returns the network under training.
  nn::GraphModule& network() { return *network_; }
  /// Returns the network with averaged weights; null if the recipe has none.
  nn::GraphModule* average() { return average_.get(); }
  /// Returns the averaged weights if there are any, else the network under training.
  nn::GraphModule& EvalWeights() { return average_ ? *average_ : *network_; }
  /// Returns the optimizer with its state.
  nn::AdamW& optimizer() { return *optimizer_; }
  /// Returns the seconds of the steps so far, by part.
  const StepSeconds& seconds() const { return seconds_; }
  /// Returns the losses of the phase.
  const nn::LossOptions& loss() const { return loss_; }
  /// Returns the parameters learned in addition to the weights.
  const nn::AuxiliaryParameters& learned() const { return learned_; }
  /// Returns the options of the computation of the network.
  const ForwardOptions& forward() const { return forward_; }
  /// Returns the device.
  torch::Device device() const { return device_; }

 private:
  void UpdateAverage(std::uint64_t steps_done);
  void AverageRunningStatistics();

  const Recipe& recipe_;
  ProcessGroup& group_;
  torch::Device device_;
  ForwardOptions forward_;
  nn::LossOptions loss_;
  std::unique_ptr<nn::GraphModule> network_, average_;
  nn::AuxiliaryParameters learned_;
  std::unique_ptr<nn::AdamW> optimizer_;
  std::unique_ptr<GradientBuckets> buckets_;
  StepSeconds seconds_;
};

}  // namespace mhcnn
