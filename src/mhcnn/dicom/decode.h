#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {

/// The stored samples of a grey picture.
struct StoredPixels {
  cv::Mat1w patterns;      ///< each sample's `bits` bits, overlay bits and sign extension removed
  int bits = 16;           ///< Bits Stored, or the bits that the samples have
  bool is_signed = false;  ///< Pixel Representation, or the sign that the samples have
  /// Whether the samples differ from Bits Stored and Pixel Representation.
  bool bits_conflict = false;
  /// Mask with 255 at padding beyond Bits Stored, whose pattern has no meaning, and at pixels that
  /// a shutter hides; may be empty.
  cv::Mat1b padded;
  int reduction = 1;  ///< pixels of the file per pixel here, each way: 1, 2, 4 or 8
};

/// How much of a picture is decoded, and on how many threads.
struct DecodeOptions {
  /// Longer side that is enough, in pixels; 0: the whole picture. The result is at least that long
  /// (or whole). Only JPEG 2000 and HTJ2K contain smaller pictures; others are decoded whole.
  int wanted_long_side = 0;
  int threads = 1;  ///< threads for JPEG 2000 and HTJ2K; 0: all processors

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Throws Error where Rows, Columns and the bits of a header cannot be those of a picture to read:
/// kLimit beyond kMaxPixels, kCorrupt, kUnsupported. Allocates no memory.
void CheckPixelHeader(DcmItem& dataset);

/// Decompresses and unpacks the first frame (PS3.5 8). Colour is accepted where it shows grey alone
/// (MergeGreyChannels, ApplyPalette). Throws Error: kCorrupt where data are missing, damaged
/// or of another size than the header states; kUnsupported; kLimit.
StoredPixels DecodePixels(DcmDataset& dataset, const DecodeOptions& options = {});

}  // namespace mhcnn
