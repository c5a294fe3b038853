#pragma once

#include <onnx/onnx_pb.h>

#include "mhcnn/model/checkpoint.h"

namespace mhcnn {

/// The network with its weights as an ONNX graph (opset 17): batch norms folded into the
/// convolutions before them, weights as 16-bit floats with a Cast where `half`, and the
/// probabilities and percent that a user wants as outputs, of the heads that there are.
onnx::GraphProto BuildGraph(const Network& network, const TensorMap& weights,
                            const PreprocessOptions& preprocess, bool half);

}  // namespace mhcnn
