#include "mhcnn/testing/formula_weights.h"

#include <cmath>

namespace mhcnn {
namespace {

std::uint64_t Fnv1a64(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::uint64_t SplitMix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// value = offset + factor * u
struct Range {
  double offset, factor;
};

Range RangeOf(const std::string& name, const std::vector<std::int64_t>& shape) {
  if (name == "image") return {-0.25, 1.5};
  if (name.ends_with(".running_var")) return {0.75, 0.5};
  if (name.ends_with(".running_mean") || name.ends_with(".bias")) return {-0.2, 0.4};
  if (!name.ends_with(".weight")) return {-1, 2};
  if (shape.size() == 1) return {0.75, 0.5};
  double fan_in = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) fan_in *= static_cast<double>(shape[d]);
  const double bound = std::sqrt(3.0 / fan_in);
  return {-bound, 2 * bound};
}

}  // namespace

Tensor FormulaTensor(const std::string& name, const std::vector<std::int64_t>& shape) {
  std::size_t count = 1;
  for (const auto side : shape) count *= static_cast<std::size_t>(side);
  const Range range = RangeOf(name, shape);
  const std::uint64_t start = Fnv1a64(name);
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double u = static_cast<double>(SplitMix64(start + i) >> 40) * 0x1.0p-24;
    values[i] = static_cast<float>(range.offset + range.factor * u);
  }
  return Tensor::FromFloat(shape, values);
}

TensorMap FormulaWeights(const Network& network) {
  TensorMap weights;
  for (const auto& parameter : Parameters(network)) {
    weights.emplace(parameter.name, FormulaTensor(parameter.name, parameter.shape));
  }
  return weights;
}

}  // namespace mhcnn
