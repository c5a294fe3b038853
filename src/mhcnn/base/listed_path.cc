#include "mhcnn/base/listed_path.h"

#include <algorithm>
#include <vector>

#include "mhcnn/base/encoding.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

bool FileExists(const fs::path& path) {
  std::error_code ec;
  if (fs::exists(path, ec)) return true;
  const std::string text = path.string();
  const auto labels = text.rfind('#');
  return labels != std::string::npos && fs::exists(text.substr(0, labels), ec);
}

}  // namespace

fs::path ResolveListedPath(const fs::path& folder, const std::string& entry) {
  const bool plain = IsUtf8(entry) && entry.find('\\') == std::string::npos;
  if (plain) return folder / entry;
  const std::string unescaped = UnescapeText(entry);
  std::string slashes = DecodeUtf8OrWindows1252(entry);
  std::ranges::replace(slashes, '\\', '/');
  for (const auto& way : {entry, unescaped, DecodeUtf8OrWindows1252(entry), slashes}) {
    if (FileExists(folder / way)) return folder / way;
  }
  return folder / unescaped;
}

}  // namespace mhcnn
