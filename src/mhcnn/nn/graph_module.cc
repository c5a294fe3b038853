#include "mhcnn/nn/graph_module.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "mhcnn/base/error.h"

namespace mhcnn::nn {
namespace {

namespace F = torch::nn::functional;

constexpr double kMomentum = 0.1;  // of running statistics, PyTorch's default

/// Registered names must hold no dot.
std::string Registered(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return name;
}

/// Mixed precision ends where outputs and losses begin; double stays double.
torch::Tensor AtLeastSingle(const torch::Tensor& tensor) {
  return tensor.scalar_type() == torch::kBFloat16 ? tensor.to(torch::kFloat32) : tensor;
}

torch::Tensor Convolve(const Layer& layer, torch::Tensor x, const torch::Tensor& weight,
                       const torch::Tensor& bias) {
  const auto [top, left, bottom, right] = layer.pads;
  std::vector<std::int64_t> padding = {top, left};
  if (top != bottom || left != right) {
    x = torch::constant_pad_nd(x, {left, right, top, bottom});
    padding = {0, 0};
  }
  return torch::conv2d(x, weight, bias, layer.stride, padding, 1, layer.groups);
}

/// Computes the histogram of each image; no gradient passes through it, since a step has none.
torch::Tensor Histogram(const Layer& layer, const torch::Tensor& images) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor values = images.detach().to(torch::kFloat32).flatten(1);
  const torch::Tensor edges = torch::tensor(BinEdges(layer), values.options());
  const torch::Tensor tissue = values.abs().gt(kPadding).to(torch::kFloat32);
  // The number of edges that a value reaches is its bin.
  const torch::Tensor bins = torch::bucketize(values, edges, false, true);
  const torch::Tensor counts = torch::zeros({values.size(0), layer.out_channels}, values.options())
                                   .scatter_add_(1, bins, tissue);
  const torch::Tensor fractions = counts / tissue.sum(1, true).clamp_min(1);
  return (fractions * layer.out_channels).to(images.scalar_type());
}

}  // namespace

Outputs Outputs::Cpu() const {
  const auto moved = [](const torch::Tensor& t) { return t.defined() ? t.cpu() : t; };
  return {moved(segmentation), moved(percent), moved(category), moved(features)};
}

torch::Tensor Outputs::Zero() const {
  const torch::Tensor& any = segmentation.defined() ? segmentation
                             : percent.defined()    ? percent
                                                    : category;
  return torch::zeros({}, any.options());
}

GraphModule::GraphModule(Network network) : network_(std::move(network)) {
  for (const Parameter& parameter : Parameters(network_)) {
    // Ones for scales and variances, zeros for the rest, until Initialize() or Load().
    const bool one = parameter.name.ends_with("running_var") ||
                     (parameter.shape.size() == 1 && parameter.name.ends_with(".weight"));
    torch::Tensor tensor = one ? torch::ones(parameter.shape) : torch::zeros(parameter.shape);
    tensors_[parameter.name] = parameter.trainable
                                   ? register_parameter(Registered(parameter.name), tensor)
                                   : register_buffer(Registered(parameter.name), tensor);
  }
  last_use_.assign(network_.layers.size(), 0);
  for (std::size_t i = 0; i < network_.layers.size(); ++i) {
    for (const int input : network_.layers[i].inputs)
      last_use_[static_cast<std::size_t>(input)] = static_cast<int>(i);
  }
  for (const int output : {network_.segmentation, network_.regression, network_.classification}) {
    if (output < 0) continue;
    last_use_[static_cast<std::size_t>(output)] = static_cast<int>(network_.layers.size());
  }
}

void GraphModule::Initialize(std::uint64_t seed) {
  const torch::NoGradGuard no_grad;
  auto generator = at::detail::createCPUGenerator(seed);
  for (const Layer& layer : network_.layers) {
    if (layer.op == Op::kConv2d) {
      const double fan_out =
          static_cast<double>(layer.out_channels) / layer.groups * layer.kernel * layer.kernel;
      tensors_.at(layer.name + ".weight").normal_(0, std::sqrt(2.0 / fan_out), generator);
    } else if (layer.op == Op::kLinear) {
      const double bound = 1 / std::sqrt(static_cast<double>(layer.in_channels));
      tensors_.at(layer.name + ".weight").uniform_(-bound, bound, generator);
    }
  }
}

torch::Tensor GraphModule::Run(const Layer& layer, const std::vector<torch::Tensor>& values) {
  const auto in = [&](std::size_t k) -> const torch::Tensor& {
    return values[static_cast<std::size_t>(layer.inputs[k])];
  };
  const auto weight = [&](const char* suffix) -> const torch::Tensor& {
    return tensors_.at(layer.name + suffix);
  };
  switch (layer.op) {
    case Op::kInput:
      break;
    case Op::kConv2d:
      return Convolve(layer, in(0), weight(".weight"),
                      layer.bias ? weight(".bias") : torch::Tensor());
    case Op::kBatchNorm: {
      const bool batch_statistics = is_training() && frozen_.count(layer.module) == 0;
      if (batch_statistics && sum_) {
        return SyncBatchNorm(in(0), weight(".weight"), weight(".bias"), weight(".running_mean"),
                             weight(".running_var"), kMomentum, layer.epsilon, sum_);
      }
      return torch::batch_norm(in(0), weight(".weight"), weight(".bias"), weight(".running_mean"),
                               weight(".running_var"), batch_statistics, kMomentum, layer.epsilon,
                               false);
    }
    case Op::kRelu:
      return torch::relu(in(0));
    case Op::kRelu6:
      return torch::hardtanh(in(0), 0, 6);
    case Op::kMaxPool:
      return torch::max_pool2d(in(0), layer.kernel, layer.stride, layer.pads[0]);
    case Op::kAdd:
      return in(0) + in(1);
    case Op::kConcat:
      return torch::cat({in(0), in(1)}, 1);
    case Op::kUpsample2x:
      return torch::upsample_nearest2d(in(0), std::nullopt, std::vector<double>{2.0, 2.0});
    case Op::kGlobalAvgPool:
      return in(0).mean({2, 3});
    case Op::kDropout:
      return torch::dropout(in(0), layer.probability,
                            is_training() && frozen_.count(layer.module) == 0);
    case Op::kLinear:
      return torch::linear(in(0), weight(".weight"), weight(".bias"));
    case Op::kSigmoid:
      return torch::sigmoid(AtLeastSingle(in(0)));
    case Op::kChannel:
      return in(0).narrow(1, layer.channel, 1);
    case Op::kHistogram:
      return Histogram(layer, in(0));
  }
  throw Error(ErrorCode::kInternal, "layer " + layer.name + " is of an unknown kind");
}

Outputs GraphModule::Forward(const torch::Tensor& images) {
  std::vector<torch::Tensor> values(network_.layers.size());
  torch::Tensor features;
  const int feature_layer = is_training() ? -1 : FeatureLayer(network_);
  for (std::size_t i = 0; i < network_.layers.size(); ++i) {
    const Layer& layer = network_.layers[i];
    values[i] = layer.op == Op::kInput ? images : Run(layer, values);
    if (static_cast<int>(i) == feature_layer) features = AtLeastSingle(values[i]).mean({2, 3});
    for (const int input : layer.inputs) {
      if (last_use_[static_cast<std::size_t>(input)] == static_cast<int>(i))
        values[static_cast<std::size_t>(input)].reset();
    }
  }
  const auto output = [&](int index) {
    return index < 0 ? torch::Tensor() : AtLeastSingle(values[static_cast<std::size_t>(index)]);
  };
  return {output(network_.segmentation), output(network_.regression),
          output(network_.classification), features};
}

void GraphModule::Load(const TensorMap& weights) {
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : weights) {
    const auto found = tensors_.find(name);
    if (found == tensors_.end())
      throw Error(ErrorCode::kCorrupt, "tensor '" + name + "' has no place in the network");
    if (found->second.sizes().vec() != tensor.shape) {
      throw Error(ErrorCode::kCorrupt,
                  "tensor '" + name + "' has another shape than the network's");
    }
    found->second.copy_(ToTorch(tensor));
  }
}

TensorMap GraphModule::Save() const {
  TensorMap weights;
  for (const auto& [name, tensor] : tensors_) weights.emplace(name, FromTorch(tensor));
  return weights;
}

void GraphModule::Freeze(const std::set<mhcnn::Module>& modules) {
  frozen_ = modules;
  for (const Parameter& parameter : Parameters(network_)) {
    if (parameter.trainable)
      tensors_.at(parameter.name).set_requires_grad(modules.count(parameter.module) == 0);
  }
}

std::vector<std::pair<std::string, torch::Tensor>> GraphModule::Trainable() const {
  std::vector<std::pair<std::string, torch::Tensor>> trainable;
  for (const Parameter& parameter : Parameters(network_)) {
    if (parameter.trainable) trainable.emplace_back(parameter.name, tensors_.at(parameter.name));
  }
  return trainable;
}

std::vector<torch::Tensor> GraphModule::RunningStatistics() const {
  std::vector<torch::Tensor> statistics;
  for (const Parameter& parameter : Parameters(network_)) {
    if (!parameter.trainable) statistics.push_back(tensors_.at(parameter.name));
  }
  return statistics;
}

torch::Tensor ToTorch(const Tensor& tensor) {
  const auto values = tensor.ToFloat();
  return torch::from_blob(const_cast<float*>(values.data()), tensor.shape, torch::kFloat32).clone();
}

Tensor FromTorch(const torch::Tensor& tensor) {
  const auto host = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  Tensor copy;
  copy.shape = host.sizes().vec();
  copy.bytes.resize(static_cast<std::size_t>(host.numel()) * sizeof(float));
  if (!copy.bytes.empty())
    std::memcpy(copy.bytes.data(), host.data_ptr<float>(), copy.bytes.size());
  return copy;
}

}  // namespace mhcnn::nn
