#pragma once

#include <filesystem>
#include <string>

namespace mhcnn {

/// Creates a folder and the folders above it where they are missing. Throws Error that names the
/// folder that is the cause, why, and what to do: kUsage where a file is in a folder's place, kIo
/// where the system refuses (permission, a read-only or full disk).
void MakeFolder(const std::filesystem::path& folder);

/// Throws Error for a file that cannot be opened for writing, by the system's `code` (errno): it
/// names the folder where that is the cause.
[[noreturn]] void ThrowCannotWrite(const std::filesystem::path& file, int code);

/// Returns a name of at most 200 bytes, which file systems and programs accept: the name itself
/// where it is short, else its beginning and a hash of the whole.
std::string ShortenFileName(const std::string& name);

}  // namespace mhcnn
