#pragma once

#include <filesystem>
#include <vector>

#include "mhcnn/data/adapter.h"

namespace mhcnn {

/// Throws Error(kUsage) if a file that `mhcnn prepare` writes to `out` is one of the named tables,
/// or if `out` is one of the named folders. `named`: folders and tables of the data set.
void RefuseOverwrite(const std::filesystem::path& out,
                     const std::vector<std::filesystem::path>& named);

/// Throws Error(kUsage) if `out` is a folder of images or masks of the data set or is inside one.
/// Below a named folder, which is searched with all below it, that is the first folder on the way
/// to the files; else it is the folder of the files itself. A folder that contains a named table or
/// folder as well is not meant.
void RefuseFolderOfImages(const std::filesystem::path& out,
                          const std::vector<std::filesystem::path>& named,
                          const std::vector<ListedImage>& images);

}  // namespace mhcnn
