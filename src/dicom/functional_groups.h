#pragma once

#include "dicom/dcmtk.h"

namespace mhcnn {

/// Enhanced objects (breast tomosynthesis and its 2D images) keep what older ones have at the top
/// of the data set in functional groups (PS3.3 C.7.6.16): laterality, pixel spacing, window or VOI
/// LUT, rescale. Copies those of the first frame to the top where nothing stands there yet.
void FlattenFunctionalGroups(DcmItem& dataset);

}  // namespace mhcnn
