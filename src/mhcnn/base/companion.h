#pragma once

#include <filesystem>

namespace mhcnn {

/// What systems put beside the files of their users.
enum class Companion {
  kNo,
  kFile,         ///< whatever it holds: .DS_Store, Thumbs.db, or within such a folder
  kAppleDouble,  ///< by its name: "._IM1.dcm", or below __MACOSX; its content decides
};
/// Judges a file by its name and the folders of `path`, which is relative to the inputs.
Companion CompanionByName(const std::filesystem::path& path);

}  // namespace mhcnn
