#pragma once

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/image/mask.h"

namespace mhcnn {

/// Display Shutter (PS3.3 C.7.6.11): the pixels that the writer hides, such as those behind the
/// collimator, at the picture's `size`, which may be smaller than that of the file. Several shapes
/// show what lies within each of them. Empty where the file has no shutter, where none of its
/// shapes is complete, and where it would hide nearly everything: such a shutter is an error of the
/// writer.
Mask HiddenByShutter(DcmItem& dataset, cv::Size size);

}  // namespace mhcnn
