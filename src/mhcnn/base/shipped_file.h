#pragma once

#include <filesystem>
#include <string>

namespace mhcnn {

/// Returns the path of the file that contains this code: the program, or the shared library that it
/// is part of. Works without /proc. Throws Error(kIo).
std::filesystem::path FindOwnBinary();

/// Returns the path of a file that comes with the program: `name` in `folder` ("models",
/// "recipes"). Looks in the folder that the environment variable MHCNN_DATA_DIR names, if it is set
/// and not empty; else in share/mhcnn of the installation that this code is part of; else in the
/// source tree in which it was built. Throws Error(kNotFound) that names the places, and
/// Error(kUsage) where the files belong to another version (their file VERSION).
std::filesystem::path ShippedFile(const std::string& folder, const std::string& name);

}  // namespace mhcnn
