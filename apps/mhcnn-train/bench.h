#pragma once

namespace mhcnn {

/// Runs `mhcnn bench train`, which compares the milliseconds of a training step with the time of
/// PyTorch in the same run. Returns the exit status.
int RunTrainBench(int argc, char** argv);

}  // namespace mhcnn
