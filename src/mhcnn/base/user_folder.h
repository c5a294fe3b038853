#pragma once

#include <filesystem>
#include <optional>

namespace mhcnn {

/// Returns the user's folder of this program for files that can be made again:
/// $XDG_CACHE_HOME/mhcnn, else $HOME/.cache/mhcnn (XDG Base Directory Specification 0.8: a relative
/// path is ignored). Nothing where neither variable is set. The folder need not exist.
std::optional<std::filesystem::path> UserCacheFolder();

/// Returns the user's folder for settings: $XDG_CONFIG_HOME/mhcnn, else $HOME/.config/mhcnn.
std::optional<std::filesystem::path> UserConfigFolder();

}  // namespace mhcnn
