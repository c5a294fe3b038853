#pragma once

#include <filesystem>

namespace mhcnn {

/// Kinds of files that operating systems add to the files of their users.
enum class Companion {
  kNo,
  kFile,         ///< whatever it contains: .DS_Store, Thumbs.db, or in such a folder
  kAppleDouble,  ///< by its name: "._IM1.dcm", or below __MACOSX; its content decides
};
/// Judges a file by its name and the folders of `path`, which is relative to the inputs.
Companion ClassifyCompanionFile(const std::filesystem::path& path);

}  // namespace mhcnn
