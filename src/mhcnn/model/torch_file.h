#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/model/tensor.h"

namespace mhcnn {

/// Reads the tensors of a `torch.save` state dict (zip or legacy form) in file order, also of one
/// that is "state_dict", "model_state_dict" or "model" in a dict, by a restricted unpickler that
/// knows tensors, ordered dicts and plain values only: no code of the file is ever run. Throws
/// Error(kCorrupt / kUnsupported).
std::vector<std::pair<std::string, Tensor>> ReadTorchFile(const std::filesystem::path& path);

}  // namespace mhcnn
