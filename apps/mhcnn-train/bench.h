#pragma once

namespace mhcnn {

/// `mhcnn bench train`: milliseconds of a training step, beside PyTorch's in the same run. Returns
/// the exit status.
int RunTrainBench(int argc, char** argv);

}  // namespace mhcnn
