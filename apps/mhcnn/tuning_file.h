#pragma once

#include <filesystem>

namespace mhcnn::cli {

/// Returns the path of the file that keeps the choice of `mhcnn tune`. Throws Error(kUsage) where
/// the user has no folder for settings.
std::filesystem::path TuningFile();

}  // namespace mhcnn::cli
