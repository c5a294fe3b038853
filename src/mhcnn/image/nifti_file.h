#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Converts a label map (tissue_label.h) to a NIfTI-1 volume of one slice, compressed with gzip:
/// the content of a file .nii.gz. Its values are 0 background, 1 breast that is not dense, 2 dense
/// tissue, 3 pectoral muscle, and its intent is NIFTI_INTENT_LABEL.
///
/// `spacing_mm`: millimetres for a column and a row of pixels; without it a pixel is 1 without a
/// unit. A pixel (column, row) lies at (column * width, row * height, 0) towards the patient's
/// left, back and head: where ITK puts the pixels of a picture without a position, so that programs
/// built on it lay the volume over the image. Throws Error(kLimit) where a side has over 32767
/// pixels.
std::vector<std::uint8_t> EncodeNifti(const cv::Mat1b& labels,
                                      const std::optional<cv::Size2d>& spacing_mm);

}  // namespace mhcnn
