#pragma once

#include "mhcnn/dicom/decode.h"

namespace mhcnn {

/// Returns whether the data set contains a palette (PS3.3 C.7.9), plain or segmented.
bool HasPalette(DcmItem& dataset);

/// Replaces the samples of a PALETTE COLOR picture by the grey that the palette gives them, in the
/// palette's own bits. Throws Error: kUnsupported where the palette gives a colour to a value that
/// the picture has, kCorrupt where the palette cannot be read.
void ApplyPalette(DcmItem& dataset, StoredPixels& stored);

}  // namespace mhcnn
