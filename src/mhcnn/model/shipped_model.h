#pragma once

#include <filesystem>
#include <string>

namespace mhcnn {

/// Returns the file of a model that a user named: `fast`, `accurate` or `shipped` (= fast) are the
/// models that come with the program, with files ending in `extension`; anything else is a path.
/// Throws Error(kUsage) if one of these names is also a file in the current folder.
std::filesystem::path FindModelFile(const std::string& name, const std::string& extension);

}  // namespace mhcnn
