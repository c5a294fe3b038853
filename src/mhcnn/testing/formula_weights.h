#pragma once

#include "mhcnn/model/network.h"
#include "mhcnn/model/tensor.h"

namespace mhcnn {

/// Weights made by a formula of a tensor's name and an element's index, so that golden files need
/// not hold them; scripts/goldens/make_network_goldens.py makes the same to the last bit.
///
/// u = (splitmix64(fnv1a64(name) + index) >> 40) / 2^24, in [0, 1); then, in double precision and
/// rounded to float once:
///   "image"                      1.5 u - 0.25, the range of the network's input
///   "….running_var"              0.75 + 0.5 u
///   "….running_mean", "….bias"   0.2 (2u - 1)
///   "….weight" of a batch norm   0.75 + 0.5 u
///   "….weight" otherwise         (2u - 1) sqrt(3 / fan-in): variance 1 / fan-in
///   anything else                2u - 1
Tensor FormulaTensor(const std::string& name, const std::vector<std::int64_t>& shape);

/// All parameters of a network by the formula.
TensorMap FormulaWeights(const Network& network);

}  // namespace mhcnn
