#pragma once

#include <optional>

#include "mhcnn/data/image_check.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Checks the masks of one image against its picture and each other, and converts those that need
/// it: other sizes, pictures turned by their file. A mask that cannot be what its name says (it
/// covers the picture or the whole breast, it is inverted, it holds values without a meaning) is
/// left out; each finding is a problem of `result` (docs/datasets.md).
///
/// `orientation`: by which `pixels` were turned upright when they were read
/// (MammogramMetadata::stored_orientation). Throws Error(kIo) where `options.out` cannot be
/// written.
void CheckMasks(const ListedImage& image, const ImageCheckOptions& options, const GreyImage& pixels,
                int orientation, ImageCheck& result);

/// Dense masks that are empty in every image of a set say nothing: they are taken out of `results`
/// with a problem "empty_masks".
void DropEmptyDenseMasks(const std::vector<ListedImage>& images, std::vector<ImageCheck>& results,
                         std::vector<Problem>& problems);

}  // namespace mhcnn
