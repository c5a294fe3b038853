#include "mhcnn/train/forward.h"

#include <ATen/autocast_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "mhcnn/base/error.h"
#include "mhcnn/base/log.h"

namespace mhcnn {
namespace {

/// Mixed precision for the time of a scope: bf16 where it is safe, fp32 elsewhere.
class Autocast {
 public:
  Autocast(bool on, at::DeviceType device) : on_(on), device_(device) {
    if (!on_) return;
    at::autocast::set_autocast_enabled(device_, true);
    at::autocast::set_autocast_dtype(device_, at::kBFloat16);
    at::autocast::increment_nesting();
  }
  ~Autocast() {
    if (!on_) return;
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(device_, false);
  }
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  bool on_;
  at::DeviceType device_;
};

/// Seconds of forward and backward passes of noise, without the first; the best of two, since other
/// programs only ever slow one down.
double TimeStep(nn::GraphModule& network, const torch::Tensor& images,
                const ForwardOptions& options) {
  double best = 0;
  for (int i = 0; i < 3; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const nn::Outputs outputs = RunForward(network, images, options);
    torch::Tensor sum = outputs.Zero();
    for (const auto& output : {outputs.segmentation, outputs.percent, outputs.category}) {
      if (output.defined()) sum = sum + output.mean();
    }
    sum.backward();
    network.zero_grad();
    if (images.is_cuda()) torch::cuda::synchronize();
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (i > 0) best = i == 1 ? seconds : std::min(best, seconds);
  }
  return best;
}

}  // namespace

std::string ForwardOptions::Name() const {
  return std::string(bf16 ? "bf16" : "fp32") + (channels_last ? "-channels-last" : "");
}

const std::vector<ForwardOptions>& ForwardOptions::All() {
  static const std::vector<ForwardOptions> all = {
      {false, false}, {false, true}, {true, false}, {true, true}};
  return all;
}

ForwardOptions ForwardOptions::Named(const std::string& name) {
  for (const ForwardOptions& options : All()) {
    if (options.Name() == name) return options;
  }
  throw Error(ErrorCode::kCorrupt, "'" + name + "' is not a known way to compute the network");
}

ForwardOptions MeasureFastestForward(const Network& description, cv::Size input, int images,
                                     torch::Device device, ProcessGroup& group) {
  std::vector<double> seconds;
  for (const ForwardOptions& options : ForwardOptions::All()) {
    nn::GraphModule network(description);
    network.Initialize(1);
    network.to(device);
    network.train();
    if (options.channels_last) UseChannelsLast(network);
    const torch::Tensor noise =
        torch::rand({images, 1, input.height, input.width}, torch::device(device));
    seconds.push_back(TimeStep(network, noise, options));
  }
  seconds = group.AllReduce(seconds);
  const auto best =
      static_cast<std::size_t>(std::min_element(seconds.begin(), seconds.end()) - seconds.begin());
  std::string figures;
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    figures += fmt::format("{}{} {:.0f}", i > 0 ? ", " : "", ForwardOptions::All()[i].Name(),
                           1000 * seconds[i] / images / group.size());
  }
  spdlog::info("precision {} (ms an image: {})", ForwardOptions::All()[best].Name(), figures);
  return ForwardOptions::All()[best];
}

nn::Outputs RunForward(nn::GraphModule& network, const torch::Tensor& images,
                       const ForwardOptions& options) {
  const Autocast autocast(options.bf16, images.device().type());
  return network.Forward(options.channels_last ? ToChannelsLast(images) : images);
}

torch::Tensor ToChannelsLast(const torch::Tensor& tensor) {
  const auto options = tensor.options().memory_format(torch::MemoryFormat::ChannelsLast);
  return torch::empty(tensor.sizes(), options).copy_(tensor);
}

void UseChannelsLast(nn::GraphModule& network) {
  const torch::NoGradGuard no_grad;
  for (auto& [name, parameter] : network.Trainable()) {
    if (parameter.dim() == 4) parameter.set_data(ToChannelsLast(parameter.data()));
  }
}

}  // namespace mhcnn
