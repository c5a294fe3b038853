#pragma once

#include <filesystem>

#include "mhcnn/data/adapter.h"

namespace mhcnn {

/// Adds the images of `folder`/images with their masks to `listing`. The masks are in breast_masks,
/// dense_masks and pectoral_masks; the names may end in "mask".
///
/// An image and its masks have the same path below these folders, without the extension; or the
/// same file name without the extension, if no other image and no other mask of that kind has it
/// and the image or the mask lies directly in its folder. A mask that may belong to several images
/// or to another patient is left out ("ambiguous_file"). Folders and tables that are not read are
/// problems ("not_read"). Throws Error(kNotFound) if images/ contains no image.
void ReadGenericFolders(const std::filesystem::path& folder, DatasetIndex& listing);

}  // namespace mhcnn
