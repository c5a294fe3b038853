#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace mhcnn {

/// A file that comes with the program: `name` under `folder` ("models", "recipes") in share/mhcnn
/// beside this installation, else in the source tree that it was built in. Nothing where it stands
/// in neither.
std::optional<std::filesystem::path> FindShipped(const std::string& folder,
                                                 const std::string& name);

}  // namespace mhcnn
