#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "model/tensor.h"

namespace mhcnn {

/// Tensors of a legacy (non-zip) `torch.save` state dict in file order, by a restricted unpickler
/// that knows tensors, ordered dicts and plain values only: no code of the file is ever run. Throws
/// Error(kCorrupt / kUnsupported).
std::vector<std::pair<std::string, Tensor>> ReadLegacyTorchFile(const std::filesystem::path& path);

}  // namespace mhcnn
