#pragma once

#include <filesystem>
#include <string>

namespace mhcnn::cli {

/// Returns a new password: the first line of the file, or without one what a person types twice at
/// the terminal, which does not show it. Throws Error(kUsage) without a file and a terminal, where
/// the two differ, and what reading a file throws.
std::string AskNewPassword(const std::filesystem::path& file);

/// Returns the name of the user of the operating system who runs the program.
std::string SystemUser();

}  // namespace mhcnn::cli
