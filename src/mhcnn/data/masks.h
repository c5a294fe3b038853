#pragma once

#include <filesystem>

#include "mhcnn/data/manifest.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// A mask named in a manifest. "x.png": values above 127 are inside. "x.png#128|192": a label map,
/// where the pixels of exactly these values are inside. Throws Error as ReadGreyImage does, and
/// kUsage for a bad list of values.
MaskPicture ReadSampleMask(const std::filesystem::path& named);
/// The file part of such a name.
std::filesystem::path MaskFile(const std::filesystem::path& named);

/// Dense tissue as a reader's threshold has it: the pixels of the breast that are brighter. Throws
/// Error(kCorrupt) where the two are of different sizes.
Mask DenseAbove(const GreyImage& picture, const Mask& breast, double threshold);

/// The masks of a sample in its picture's frame; empty where it has none.
struct SampleMasks {
  /// Masks of the image's size, or empty.
  Mask breast, dense, pectoral;
};
/// Reads them, and makes the dense one where the sample has a threshold instead. `picture`: the
/// sample's, whole, as ReadMammogram gives it (of a PNG, TIFF or PGM the values of the file).
/// Throws Error naming the file, kUsage for a threshold without a breast mask and for a label map
/// without its values.
SampleMasks ReadSampleMasks(const Sample& sample, const GreyImage& picture);

}  // namespace mhcnn
