#pragma once

#include <filesystem>
#include <string>

namespace mhcnn {

/// A file that comes with the program: `name` under `folder` ("models", "recipes") in share/mhcnn
/// beside this installation, else in the source tree that it was built in. Throws Error(kNotFound)
/// that says where it looked.
std::filesystem::path ShippedFile(const std::string& folder, const std::string& name);

/// A model as a user names it: `fast`, `accurate` or `shipped` (= fast) are the models that come
/// with the program, their file ending in `extension`; anything else is a path. Throws
/// Error(kUsage) where one of these is the name of a file here, too.
std::filesystem::path ModelNamed(const std::string& name, const std::string& extension);

}  // namespace mhcnn
