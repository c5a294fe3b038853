#pragma once

#include <filesystem>
#include <string>

namespace mhcnn {

/// Creates a folder and the folders above it where they are missing. Throws Error that names the
/// folder that stands in the way, why, and what to do: kUsage where a file is in a folder's place,
/// kIo where the system refuses (permission, a read-only or full disk).
void MakeFolder(const std::filesystem::path& folder);

/// Throws Error for a file that cannot be opened for writing, by the system's `code` (errno): it
/// names the folder where that is the cause.
[[noreturn]] void ThrowCannotWrite(const std::filesystem::path& file, int code);

/// A name that file systems and programs take, at most 200 bytes: the name itself where it is
/// short, else its beginning and a hash of the whole.
std::string ShortFileName(const std::string& name);

}  // namespace mhcnn
