#pragma once

#include <filesystem>

namespace mhcnn {

/// Moves a folder to another name on the same file system, in place of an existing one, so that a
/// power cut leaves all of it or nothing under the new name: the folders in it, and those above
/// both names, are flushed to the disk. The files in it must be flushed already. Throws
/// Error(kIo).
void MoveTree(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace mhcnn
