#include "mhcnn/train/learner.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/model/pretrained.h"
#include "mhcnn/train/modules.h"

namespace mhcnn {
namespace {

Batch On(const torch::Device& device, const Batch& batch) {
  return {batch.images.to(device), batch.targets.To(device), batch.samples};
}

/// Seconds since the last call.
class Stopwatch {
 public:
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

std::vector<float> HostValues(const torch::Tensor& tensor) {
  if (!tensor.defined()) return {};
  const torch::Tensor values = tensor.detach().cpu().contiguous();
  return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

double Fraction(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

Learner::Learner(const Recipe& recipe, ProcessGroup& group, torch::Device device)
    : recipe_(recipe), group_(group), device_(device) {
  const Network description = BuildNetwork(recipe.network);
  network_ = std::make_unique<nn::GraphModule>(description);
  network_->Initialize(recipe.seed);
  if (!recipe.pretrained.empty()) network_->Load(ReadPretrained(description, recipe.pretrained));
  if (recipe.ema_decay > 0) {
    average_ = std::make_unique<nn::GraphModule>(description);
    average_->Load(network_->Save());
    average_->to(device_);
    average_->eval();
  }
  network_->to(device_);
  if (!group_.alone() && recipe.sync_batch_norm)
    network_->SynchronizeBatchNorm([this](torch::Tensor& values) { group_.AllReduce(values); });
  UseForward({recipe.precision == TrainingPrecision::kBf16, recipe.channels_last});
}

void Learner::UseForward(const ForwardOptions& forward) {
  forward_ = forward;
  if (average_ && forward_.channels_last) UseChannelsLast(*average_);
}

void Learner::BeginPhase(const Phase& phase, const AuxiliaryState& learned) {
  loss_ = recipe_.loss;
  loss_.lambda_segmentation = phase.lambda_segmentation;
  loss_.lambda_regression = phase.lambda_regression;
  loss_.lambda_classification = phase.lambda_classification;
  buckets_.reset();
  network_->Freeze(phase.freeze);
  network_->train();
  if (forward_.channels_last) UseChannelsLast(*network_);
  std::vector<std::pair<std::string, torch::Tensor>> parameters;
  for (const auto& [name, parameter] : network_->Trainable()) {
    if (parameter.requires_grad()) parameters.emplace_back(name, parameter);
  }
  const auto learn = [&](const std::string& name, std::vector<float> start, std::size_t count) {
    start.resize(count, 0.0f);
    return parameters
        .emplace_back("loss." + name, torch::tensor(start).to(device_).requires_grad_())
        .second;
  };
  if (recipe_.loss.uncertainty)
    learned_.log_variances = learn("log_variances", learned.log_variances, 3);
  if (recipe_.loss.mask_uncertainty) {
    learned_.mask_log_variances =
        learn("mask_log_variances", learned.mask_log_variances, recipe_.network.masks.size());
  }
  if (recipe_.loss.readers) {
    learned_.readers =
        torch::tensor(learned.readers).view({-1, 2}).clone().to(device_).requires_grad_();
    parameters.emplace_back("loss.readers", learned_.readers);
  }
  std::vector<torch::Tensor> tensors;
  for (const auto& [name, parameter] : parameters) tensors.push_back(parameter);
  buckets_ = std::make_unique<GradientBuckets>(tensors, group_);
  optimizer_ = std::make_unique<nn::AdamW>(std::move(parameters), recipe_.weight_decay);
}

LossValues Learner::Step(const std::vector<Batch>& passes, double learning_rate,
                         std::uint64_t steps_done) {
  // Dropout draws from LibTorch's generator: a seed for each step makes a resume draw the same.
  torch::manual_seed(recipe_.seed * 1'000'003 + steps_done +
                     static_cast<std::uint64_t>(group_.rank()) * 7'368'787);
  optimizer_->ZeroGradients();

  std::vector<double> mass(6);  // of each loss's labels, then images
  for (const Batch& batch : passes) {
    const auto labels = nn::SumLabelWeights(batch.targets, loss_);
    for (std::size_t i = 0; i < labels.size(); ++i) mass[i] += labels[i];
    mass[5] += static_cast<double>(batch.samples.size());
  }
  mass = group_.AllReduce(mass);

  std::vector<double> sums(4);
  Stopwatch watch;
  for (std::size_t i = 0; i < passes.size(); ++i) {
    const Batch batch = device_.is_cpu() ? passes[i] : On(device_, passes[i]);
    const auto labels = nn::SumLabelWeights(passes[i].targets, loss_);
    const nn::LossFractions fractions{
        Fraction(labels[0], mass[0]), Fraction(labels[1], mass[1]),
        Fraction(labels[2], mass[2]), Fraction(labels[3], mass[3]),
        Fraction(labels[4], mass[4]), Fraction(static_cast<double>(batch.samples.size()), mass[5])};
    const nn::Outputs outputs = RunForward(*network_, batch.images, forward_);
    const nn::Losses losses = nn::ComputeLosses(outputs, batch.targets, loss_, learned_, fractions);
    seconds_.forward += watch.Lap();
    if (i + 1 == passes.size()) buckets_->Arm();
    losses.total.backward();
    seconds_.backward += watch.Lap();
    sums[0] += losses.total.item<double>();
    sums[1] += losses.segmentation.item<double>();
    sums[2] += losses.regression.item<double>();
    sums[3] += losses.classification.item<double>();
  }
  buckets_->Finish();
  sums = group_.AllReduce(sums);
  LossValues values{};
  std::copy(sums.begin(), sums.end(), values.begin());
  if (!std::isfinite(values[0])) return values;
  if (recipe_.gradient_clip > 0) optimizer_->ClipGradients(recipe_.gradient_clip);
  optimizer_->Step(learning_rate);
  if (!recipe_.sync_batch_norm) AverageRunningStatistics();
  UpdateAverage(steps_done + 1);
  seconds_.update += watch.Lap();
  return values;
}

/// Averages running statistics, so that all processes and checkpoints have the same network.
void Learner::AverageRunningStatistics() {
  if (group_.alone()) return;
  const torch::NoGradGuard no_grad;
  auto statistics = network_->RunningStatistics();
  std::vector<torch::Tensor> flat;
  for (const auto& values : statistics) flat.push_back(values.flatten());
  torch::Tensor all = torch::cat(flat);
  group_.AllReduce(all);
  all /= group_.size();
  std::int64_t first = 0;
  for (auto& values : statistics) {
    values.copy_(all.narrow(0, first, values.numel()).view_as(values));
    first += values.numel();
  }
}

void Learner::UpdateAverage(std::uint64_t steps_done) {
  if (!average_) return;
  const torch::NoGradGuard no_grad;
  // A young average follows faster, so that it forgets the start.
  const auto steps = static_cast<double>(steps_done);
  const double decay = std::min(recipe_.ema_decay, (1 + steps) / (10 + steps));
  for (const Parameter& parameter : Parameters(network_->network())) {
    torch::Tensor mean = average_->Weight(parameter.name);
    mean.lerp_(network_->Weight(parameter.name).detach(), 1 - decay);
  }
}

std::string Learner::FindNonFiniteParameter() const {
  for (const auto& [name, parameter] : network_->Trainable()) {
    if (!std::isfinite(parameter.detach().sum(torch::kFloat64).item<double>())) return name;
  }
  return "";
}

void Learner::Store(AuxiliaryState& values) const {
  values.log_variances = HostValues(learned_.log_variances);
  values.mask_log_variances = HostValues(learned_.mask_log_variances);
  values.readers = HostValues(learned_.readers);
}

}  // namespace mhcnn
