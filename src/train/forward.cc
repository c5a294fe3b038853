#include "train/forward.h"

#include <ATen/autocast_mode.h>

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

}  // namespace

nn::Outputs RunForward(nn::GraphModule& network, const torch::Tensor& images,
                       const ForwardOptions& options) {
  const Autocast autocast(options.bf16, images.device().type());
  return network.Forward(options.channels_last ? InChannelsLast(images) : images);
}

torch::Tensor InChannelsLast(const torch::Tensor& tensor) {
  const auto options = tensor.options().memory_format(torch::MemoryFormat::ChannelsLast);
  return torch::empty(tensor.sizes(), options).copy_(tensor);
}

void UseChannelsLast(nn::GraphModule& network) {
  const torch::NoGradGuard no_grad;
  for (auto& [name, parameter] : network.Trainable()) {
    if (parameter.dim() == 4) parameter.set_data(InChannelsLast(parameter.data()));
  }
}

}  // namespace mhcnn
