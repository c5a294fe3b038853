#include "mhcnn/base/companion.h"

#include <algorithm>
#include <array>
#include <string>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

template <std::size_t N>
bool IsAmong(const std::array<const char*, N>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Companion ClassifyCompanionFile(const std::filesystem::path& path) {
  static constexpr std::array kFiles = {".ds_store",   "thumbs.db",  "ehthumbs.db",
                                        "desktop.ini", ".directory", ".localized",
                                        ".apdisk",     "icon\r",     ".volumeicon.icns"};
  // @eaDir and .thumbnails hold small pictures of the pictures; the others what was deleted.
  static constexpr std::array kFolders = {
      "@eadir",          ".thumbnails", ".trashes",     ".spotlight-v100",          ".fseventsd",
      ".temporaryitems", ".trash-1000", "$recycle.bin", "system volume information"};
  const std::string name = ToLower(path.filename().string());
  if (IsAmong(kFiles, name)) return Companion::kFile;
  bool apple = name.starts_with("._");
  for (const auto& part : path.parent_path()) {
    const std::string folder = ToLower(part.string());
    if (IsAmong(kFolders, folder)) return Companion::kFile;
    apple = apple || folder == "__macosx" || folder == ".appledouble";
  }
  return apple ? Companion::kAppleDouble : Companion::kNo;
}

}  // namespace mhcnn
