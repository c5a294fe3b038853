#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/dicom/syntax.h"

namespace mhcnn {

/// Puts samples of `bits` significant bits into the data set as Pixel Data of a syntax. The data
/// set must already contain its Image Pixel attributes. Compressed data are one fragment after an
/// empty offset table. Throws Error(kInternal).
void PutPixels(DcmDataset& dataset, const cv::Mat1w& samples, int bits, const SyntaxRow& row);

}  // namespace mhcnn
