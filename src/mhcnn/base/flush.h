#pragma once

#include <filesystem>

namespace mhcnn {

/// Flushes what was written to an open file to the disk (fsync). Returns false, with errno, where
/// the disk fails. Some network and user-space file systems cannot flush: that is no reason to lose
/// a result, so it warns once and returns true. `path` is for the warning.
bool FlushFile(int fd, const std::filesystem::path& path);
/// Flushes only the content, as FlushFile, without the time of the last change (fdatasync).
bool FlushData(int fd, const std::filesystem::path& path);
/// Flushes a file or folder by its name. Returns false, with errno, where it cannot be opened or
/// the disk fails.
bool FlushPath(const std::filesystem::path& path);

}  // namespace mhcnn
