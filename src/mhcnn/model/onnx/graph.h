#pragma once

#include <onnx/onnx_pb.h>

#include "mhcnn/model/checkpoint.h"

namespace mhcnn {

/// Builds the ONNX graph (opset 17) of a network with its weights: batch norms folded into the
/// convolutions before them, weights as 16-bit floats with a Cast if `half`, and the probabilities
/// and percent of the heads that there are as outputs.
onnx::GraphProto BuildGraph(const Network& network, const TensorMap& weights,
                            const PreprocessOptions& preprocess, bool half);

}  // namespace mhcnn
