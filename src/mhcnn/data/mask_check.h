#pragma once

#include <optional>

#include "mhcnn/data/image_check.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Checks the masks of one image against its pixels and each other, and converts those that need
/// it: other sizes, images turned by their file. A mask that cannot be what its name states (it
/// covers the image or the whole breast, it is inverted, it has values without a meaning) is left
/// out; each finding is a problem of `result` (docs/datasets.md).
///
/// `orientation`: how `pixels` were turned upright when they were read
/// (MammogramMetadata::stored_orientation). Throws Error(kIo) if `options.out` cannot be
/// written.
void CheckMasks(const ListedImage& image, const ImageCheckOptions& options, const GreyImage& pixels,
                int orientation, ImageCheck& result);

/// Removes the dense masks from `results`, with a problem "empty_masks", if they are empty in every
/// image of a set: such masks contain no information.
void DropEmptyDenseMasks(const std::vector<ListedImage>& images, std::vector<ImageCheck>& results,
                         std::vector<Problem>& problems);

}  // namespace mhcnn
