#pragma once

#include <filesystem>

#include "image/mammogram.h"

namespace mhcnn {

/// A mask named in a manifest. "x.png": values above 127 are inside. "x.png#128|192": a label map,
/// where the pixels of exactly these values are inside. Throws Error as ReadGreyImage does, and
/// kUsage for a bad list of values.
Mask ReadSampleMask(const std::filesystem::path& named);
/// The file part of such a name.
std::filesystem::path MaskFile(const std::filesystem::path& named);

}  // namespace mhcnn
