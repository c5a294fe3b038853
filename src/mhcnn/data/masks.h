#pragma once

#include <filesystem>

#include "mhcnn/data/manifest.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Reads a mask named in a manifest. "x.png": values above 127 are inside. "x.png#128|192": a label
/// map, where the pixels of exactly these values are inside. Throws Error as ReadGreyImage does,
/// and kUsage for a bad list of values.
MaskImage ReadSampleMask(const std::filesystem::path& named);
/// Returns the file part of such a name.
std::filesystem::path StripMaskLabels(const std::filesystem::path& named);

/// Returns dense tissue by a reader's threshold: the pixels of the breast that are brighter. Throws
/// Error(kCorrupt) if the two are of different sizes.
Mask ThresholdDense(const GreyImage& picture, const Mask& breast, double threshold);

/// Masks of a sample in the frame of its image; empty if it has none.
struct SampleMasks {
  /// Masks of the image's size, or empty.
  Mask breast, dense, pectoral;
};
/// Reads the masks, and makes the dense one if the sample has a threshold instead. `picture`: the
/// sample's whole image, as ReadMammogram gives it (of a PNG, TIFF or PGM the values of the file).
/// Throws Error naming the file, kUsage for a threshold without a breast mask and for a label map
/// without its values.
SampleMasks ReadSampleMasks(const Sample& sample, const GreyImage& picture);

}  // namespace mhcnn
