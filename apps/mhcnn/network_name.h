#pragma once

#include <string>

#include "mhcnn/model/onnx/model_file.h"

namespace mhcnn::cli {

/// Returns the network of a model and its input size: "efficientnet_lite0, decoder
/// 128-64-32-24-16, 384 x 192". Models of one training recipe have the same text.
std::string NetworkName(const ModelCard& card);

}  // namespace mhcnn::cli
