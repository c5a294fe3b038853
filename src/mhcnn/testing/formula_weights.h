#pragma once

#include <cmath>

#include "mhcnn/model/network.h"
#include "mhcnn/model/tensor.h"

namespace mhcnn {
namespace formula {

inline std::uint64_t Fnv1a64(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

inline std::uint64_t SplitMix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// value = offset + factor * u
struct Range {
  double offset, factor;
};

inline Range FindRange(const std::string& name, const std::vector<std::int64_t>& shape) {
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

}  // namespace formula

/// Makes weights by a formula of a tensor's name and an element's index, so that golden files need
/// not contain them; scripts/goldens/make_network_goldens.py makes the same to the last bit.
///
/// u = (splitmix64(fnv1a64(name) + index) >> 40) / 2^24, in [0, 1); then, in double precision and
/// rounded to float once:
///   "image"                      1.5 u - 0.25, the range of the network's input
///   "….running_var"              0.75 + 0.5 u
///   "….running_mean", "….bias"   0.2 (2u - 1)
///   "….weight" of a batch norm   0.75 + 0.5 u
///   "….weight" otherwise         (2u - 1) sqrt(3 / fan-in): variance 1 / fan-in
///   anything else                2u - 1
inline Tensor FormulaTensor(const std::string& name, const std::vector<std::int64_t>& shape) {
  std::size_t count = 1;
  for (const auto side : shape) count *= static_cast<std::size_t>(side);
  const formula::Range range = formula::FindRange(name, shape);
  const std::uint64_t start = formula::Fnv1a64(name);
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double u = static_cast<double>(formula::SplitMix64(start + i) >> 40) * 0x1.0p-24;
    values[i] = static_cast<float>(range.offset + range.factor * u);
  }
  return Tensor::FromFloat(shape, values);
}

/// Returns all parameters of a network by the formula.
inline TensorMap FormulaWeights(const Network& network) {
  TensorMap weights;
  for (const auto& parameter : Parameters(network)) {
    weights.emplace(parameter.name, FormulaTensor(parameter.name, parameter.shape));
  }
  return weights;
}

}  // namespace mhcnn
