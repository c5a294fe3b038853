#pragma once

#include <filesystem>
#include <string>

namespace mhcnn {

/// The file that contains this code: the program, or the shared library where it is part of one.
/// Works without /proc. Throws Error(kIo).
std::filesystem::path OwnFile();

/// A file that comes with the program: `name` under `folder` ("models", "recipes"). Looks in the
/// folder that the environment variable MHCNN_DATA_DIR names, if it is set and not empty; else in
/// share/mhcnn of the installation that this code is part of; else in the source tree that it was
/// built in. Throws Error(kNotFound) that says where it looked, and Error(kUsage) where the files
/// belong to another version (their file VERSION).
std::filesystem::path ShippedFile(const std::string& folder, const std::string& name);

/// A model as a user names it: `fast`, `accurate` or `shipped` (= fast) are the models that come
/// with the program, their file ending in `extension`; anything else is a path. Throws
/// Error(kUsage) where one of these is the name of a file here, too.
std::filesystem::path ModelNamed(const std::string& name, const std::string& extension);

}  // namespace mhcnn
