#pragma once

#include <filesystem>
#include <optional>

namespace mhcnn {

/// Folder of this program for what can be made again: $XDG_CACHE_HOME/mhcnn, else
/// $HOME/.cache/mhcnn (XDG Base Directory Specification 0.8: a relative path is ignored). Nothing
/// where neither variable is set. The folder need not exist.
std::optional<std::filesystem::path> UserCacheFolder();

/// The same for settings: $XDG_CONFIG_HOME/mhcnn, else $HOME/.config/mhcnn.
std::optional<std::filesystem::path> UserConfigFolder();

}  // namespace mhcnn
