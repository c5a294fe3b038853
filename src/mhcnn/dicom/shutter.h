#pragma once

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/image/mask.h"

namespace mhcnn {

/// Returns the pixels that the Display Shutter (PS3.3 C.7.6.11) hides, such as those behind the
/// collimator. The mask has the picture's `size`, which may be smaller than the size in the file.
/// With several shapes only what lies within each of them is shown. Empty where the file has no
/// shutter, where none of its shapes is complete, and where it would hide nearly everything: such a
/// shutter is an error of the writer.
Mask MakeShutterMask(DcmItem& dataset, cv::Size size);

}  // namespace mhcnn
