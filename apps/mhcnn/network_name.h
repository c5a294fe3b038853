#pragma once

#include <string>

#include "mhcnn/model/onnx/model_file.h"

namespace mhcnn::cli {

/// The network of a model and the size of its input: "efficientnet_lite0, decoder 128-64-32-24-16,
/// 384 x 192". Models of one training recipe have the same.
std::string NetworkName(const ModelCard& card);

}  // namespace mhcnn::cli
