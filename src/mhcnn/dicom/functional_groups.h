#pragma once

#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {

/// Where the attributes of a functional group macro (PS3.3 C.7.6.16) stand: item 1 of `macro` in
/// the Shared Functional Groups, else in those of the first frame, else the data set itself, which
/// is where objects of one frame have them.
DcmItem& FunctionalGroup(DcmItem& dataset, const DcmTagKey& macro);

}  // namespace mhcnn
