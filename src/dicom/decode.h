#pragma once

#include <opencv2/core.hpp>

#include "dicom/dcmtk.h"

namespace mhcnn {

/// The stored samples of a grey picture.
struct StoredPixels {
  cv::Mat1w patterns;      ///< each sample's `bits` bits, overlay bits and sign extension removed
  int bits = 16;           ///< Bits Stored
  bool is_signed = false;  ///< Pixel Representation
};

/// Throws Error where Rows, Columns and the bits of a header cannot be those of a picture to read:
/// kLimit beyond kMaxPixels, kCorrupt, kUnsupported. Takes no memory.
void CheckPixelHeader(DcmItem& dataset);

/// Decompresses and unpacks the first frame (PS3.5 8). Colour is accepted where its channels are
/// equal (a grey picture captured as RGB). Throws Error: kCorrupt where data are missing, damaged
/// or of another size than the header says; kUnsupported; kLimit.
/// `wanted_long_side` > 0 lets a JPEG 2000 picture be decoded smaller, its longer side at least
/// that.
StoredPixels DecodePixels(DcmDataset& dataset, int wanted_long_side = 0);

}  // namespace mhcnn
