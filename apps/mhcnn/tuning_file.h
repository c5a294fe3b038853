#pragma once

#include <filesystem>

namespace mhcnn::cli {

/// File that keeps the choice of `mhcnn tune`. Throws Error(kUsage) where the user has no folder
/// for settings.
std::filesystem::path TuningFile();

}  // namespace mhcnn::cli
