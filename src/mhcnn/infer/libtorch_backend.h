#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mhcnn/infer/open_backend.h"

namespace mhcnn {

/// Whether a device is one of LibTorch: "cuda", "cuda:1", or "torch", which is the processor.
bool IsLibTorchDevice(const std::string& device);

/// Opens a model on a device of LibTorch. The program mhcnn-train beside this one runs the network,
/// as LibTorch and ONNX cannot be linked into one program. It reads the weights from the file of
/// the model's name that ends in .safetensors. The outputs for a drawn picture are compared with
/// those of `reference`, which runs the same model. Throws Error: kNotFound (program or weights),
/// kUsage (no such device), kCorrupt (the weights are of another model), kUnsupported (the program
/// does not start).
std::unique_ptr<Backend> OpenLibTorchBackend(const BackendOptions& options, const RunOptions& run,
                                             Backend& reference);

/// As OpenLibTorchBackend, with another program: `command` and its arguments.
std::unique_ptr<Backend> OpenLibTorchBackend(const std::vector<std::string>& command,
                                             const BackendOptions& options, const RunOptions& run,
                                             Backend& reference);

}  // namespace mhcnn
