#pragma once

#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {

/// Returns the item with the attributes of a functional group macro (PS3.3 C.7.6.16): item 1 of
/// `macro` in the Shared Functional Groups, else in those of the first frame, else the data set
/// itself, which has them in objects of one frame.
DcmItem& FindFunctionalGroup(DcmItem& dataset, const DcmTagKey& macro);

}  // namespace mhcnn
