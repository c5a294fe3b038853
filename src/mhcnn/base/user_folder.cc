#include "mhcnn/base/user_folder.h"

#include <cstdlib>

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> AbsolutePathIn(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || !fs::path(value).is_absolute()) return std::nullopt;
  return fs::path(value);
}

std::optional<fs::path> UserFolder(const char* variable, const char* below_home) {
  if (const auto named = AbsolutePathIn(variable)) return *named / "mhcnn";
  if (const auto home = AbsolutePathIn("HOME")) return *home / below_home / "mhcnn";
  return std::nullopt;
}

}  // namespace

std::optional<fs::path> UserCacheFolder() { return UserFolder("XDG_CACHE_HOME", ".cache"); }

std::optional<fs::path> UserConfigFolder() { return UserFolder("XDG_CONFIG_HOME", ".config"); }

}  // namespace mhcnn
