#pragma once

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Reads what the header states (PS3.3 C.8.11 and C.7): nothing is inferred, malformed values count
/// as absent. Adds the header's flags of docs/flags.md. Never throws.
MammogramMetadata ReadMetadata(DcmFileFormat& file);

}  // namespace mhcnn
