#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mhcnn/infer/open_backend.h"

namespace mhcnn {

/// Whether a device is one of LibTorch: "cuda", "cuda:1", or "torch", which is the processor.
bool IsLibTorchDevice(const std::string& device);

/// Returns the command that runs the network of a model on a device of LibTorch: mhcnn-train beside
/// this program, as LibTorch and ONNX cannot be linked into one program. It reads the weights from
/// the file of the model's name that ends in .safetensors. Throws Error(kNotFound) if the program
/// or the weights are not there.
std::vector<std::string> LibTorchCommand(const BackendOptions& options, const RunOptions& run);

/// Starts the command of LibTorchCommand and lets it run the model. A program that ends is started
/// again, three times at most. Its outputs for a drawn picture are compared with those of
/// `reference`, which runs the same model. Throws Error: kUsage (no such device), kCorrupt (the
/// weights are damaged or of another model, or the device calculates something else), kUnsupported
/// (the program does not start).
std::unique_ptr<Backend> OpenLibTorchBackend(std::vector<std::string> command,
                                             const BackendOptions& options, const RunOptions& run,
                                             Backend& reference);

}  // namespace mhcnn
