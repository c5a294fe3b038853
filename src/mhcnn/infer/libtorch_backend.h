#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mhcnn/infer/open_backend.h"

namespace mhcnn {

/// Returns whether a device is one of LibTorch: "cuda", "cuda:1", or "torch", the processor.
bool IsLibTorchDevice(const std::string& device);

/// Returns the command that runs the network of a model on a device of LibTorch: mhcnn-train in the
/// folder of this program, as LibTorch and ONNX cannot be linked into one program. It reads the
/// weights from the file of the model's name that ends in .safetensors. Throws Error(kNotFound) if
/// the program or the weights do not exist.
std::vector<std::string> LibTorchCommand(const BackendOptions& options, const RunOptions& run);

/// Starts the command of LibTorchCommand, which then runs the model. If the program ends, it is
/// started again, three times at most. Its outputs for a drawn test image are compared with those
/// of `reference`, which runs the same model. Throws Error: kUsage (no such device), kCorrupt (the
/// weights are damaged or of another model, or the device gives other outputs), kUnsupported (the
/// program does not start).
std::unique_ptr<Backend> OpenLibTorchBackend(std::vector<std::string> command,
                                             const BackendOptions& options, const RunOptions& run,
                                             Backend& reference);

}  // namespace mhcnn
