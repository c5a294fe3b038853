#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

// Real images for tests: of the folder that MHCNN_REAL_DATA names, else of the one beside the
// sources.
namespace mhcnn::testing_support {

/// Returns where a file or folder of the real data is, or would be.
inline std::filesystem::path RealData(const std::string& name) {
  const char* given = std::getenv("MHCNN_REAL_DATA");
  const std::filesystem::path root =
      given != nullptr ? std::filesystem::path(given)
                       : std::filesystem::path(MHCNN_SOURCE_DIR) / "../shared/data";
  return root / name;
}

/// Returns the reason of a test that is skipped because that file or folder is not there.
inline std::string NoRealData(const std::filesystem::path& path) {
  return path.string() + " is not there; set MHCNN_REAL_DATA to the folder of real data";
}

}  // namespace mhcnn::testing_support
