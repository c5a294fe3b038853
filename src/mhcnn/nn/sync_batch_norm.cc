#include "mhcnn/nn/sync_batch_norm.h"

namespace mhcnn::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// (C) as (1, C, 1, 1).
torch::Tensor PerChannel(const torch::Tensor& values) { return values.view({1, -1, 1, 1}); }

/// The kernels of LibTorch with given statistics do the work; what they lack is the part of the
/// gradient that goes through the statistics.
class Normalise : public torch::autograd::Function<Normalise> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               const torch::Tensor& mean, const torch::Tensor& variance,
                               double count, double epsilon, std::int64_t sum) {
    context->save_for_backward({x, weight, mean, variance});
    context->saved_data["count"] = count;
    context->saved_data["epsilon"] = epsilon;
    context->saved_data["sum"] = sum;
    return std::get<0>(at::native_batch_norm(x, weight, bias, mean, variance, false, 0, epsilon));
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &x = saved[0], &weight = saved[1], &mean = saved[2], &variance = saved[3];
    const double count = context->saved_data["count"].toDouble(),
                 epsilon = context->saved_data["epsilon"].toDouble();
    const auto& sum =
        *reinterpret_cast<const AllReduceFunction*>(context->saved_data["sum"].toInt());
    auto [dx, dweight, dbias] = at::native_batch_norm_backward(
        gradients[0], x, weight, mean, variance, {}, {}, false, epsilon, {true, true, true});
    // dx = w s (dy - mean(dy) - xhat mean(dy xhat)), s = 1 / sqrt(var + eps); the kernel gave w s
    // dy.
    torch::Tensor sums = torch::cat({dbias, dweight}).to(torch::kFloat32).contiguous();
    sum(sums);
    const auto means = (sums / count).chunk(2);
    const torch::Tensor scale = torch::rsqrt(variance + epsilon);
    const torch::Tensor slope = weight * scale * scale * means[1];  // of x
    const torch::Tensor shift = weight * scale * means[0] - slope * mean;
    dx = dx - (PerChannel(slope) * x + PerChannel(shift)).to(dx.scalar_type());
    return {dx, dweight, dbias, {}, {}, {}, {}, {}};
  }
};

/// Mean and biased variance of each channel. The kernel of batch norm itself on a CPU: it reads
/// channels-last memory as it lies, which the general reduction does not.
std::pair<torch::Tensor, torch::Tensor> StatisticsHere(const torch::Tensor& x) {
  if (x.is_cpu()) {
    const auto [mean, variance] = at::batch_norm_update_stats(x, {}, {}, 0);
    return {mean, variance};
  }
  const torch::Tensor values = x.scalar_type() == torch::kBFloat16 ? x.to(torch::kFloat32) : x;
  const auto [variance, mean] =
      torch::var_mean(values, std::vector<std::int64_t>{0, 2, 3}, /*unbiased=*/false);
  return {mean, variance};
}

}  // namespace

torch::Tensor SyncBatchNorm(const torch::Tensor& x, const torch::Tensor& weight,
                            const torch::Tensor& bias, const torch::Tensor& running_mean,
                            const torch::Tensor& running_var, double momentum, double epsilon,
                            const AllReduceFunction& sum) {
  torch::Tensor mean, variance;
  double count = 0;
  {
    const torch::NoGradGuard no_grad;
    const auto [mean_here, var_here] = StatisticsHere(x);
    const double here = static_cast<double>(x.numel() / x.size(1));
    // In double precision, so that E[x^2] - E[x]^2 keeps its digits.
    const torch::Tensor m = mean_here.to(torch::kFloat64), v = var_here.to(torch::kFloat64);
    torch::Tensor sums =
        torch::cat({torch::full({1}, here, m.options()), m * here, (v + m * m) * here});
    sum(sums);
    count = sums[0].item<double>();
    const std::int64_t channels = x.size(1);
    const torch::Tensor all_mean = sums.narrow(0, 1, channels) / count;
    const torch::Tensor all_var =
        (sums.narrow(0, 1 + channels, channels) / count - all_mean * all_mean).clamp_min(0);
    mean = all_mean.to(weight.scalar_type());
    variance = all_var.to(weight.scalar_type());
    running_mean.lerp_(mean, momentum);
    running_var.lerp_((all_var * (count / std::max(1.0, count - 1))).to(running_var.scalar_type()),
                      momentum);
  }
  return Normalise::apply(x, weight, bias, mean, variance, count, epsilon,
                          reinterpret_cast<std::int64_t>(&sum));
}

}  // namespace mhcnn::nn
