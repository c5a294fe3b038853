#pragma once

#include <filesystem>
#include <vector>

namespace mhcnn::cli {

/// Throws Error(kUsage) naming an output that is one of the inputs, which it would replace. Empty
/// paths are options that were not given.
void CheckOutputs(const std::vector<std::filesystem::path>& outputs,
                  const std::vector<std::filesystem::path>& inputs);

}  // namespace mhcnn::cli
