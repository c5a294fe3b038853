#pragma once

#include <filesystem>
#include <vector>

#include "mhcnn/data/adapter.h"

namespace mhcnn {

/// Throws Error(kUsage) if a file that `mhcnn prepare` writes to `out` is one of the named tables,
/// or if `out` is one of the named folders. `named`: folders and tables of the data set.
void CheckOutputFolder(const std::filesystem::path& out,
                       const std::vector<std::filesystem::path>& named);

/// Throws Error(kUsage) if `out` is a folder of images or masks of the data set or is inside one.
/// In a named folder, which is searched with all its subfolders, that is the first folder on the
/// path to the files; else it is the folder of the files. A folder that also contains a named table
/// or folder does not count.
void CheckNotImageFolder(const std::filesystem::path& out,
                         const std::vector<std::filesystem::path>& named,
                         const std::vector<ListedImage>& images);

}  // namespace mhcnn
