#pragma once

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Kinds of objects of breast tomosynthesis.
enum class Tomosynthesis {
  kNone,         ///< no sign of tomosynthesis
  kSynthesised,  ///< a 2D picture computed from one: C-View, Intelligent 2D, V-Preview, S-View, …
  kSlice,        ///< one reconstructed slice in a file of its own
  kVolume,       ///< several frames
  kProjection    ///< exposures from which a volume is made
};

/// Classifies an object by SOP class, Number of Frames, Image Type (0008,0008), Volumetric
/// Properties (0008,9206) and vendors' words in Series and Acquisition Description; rules and
/// sources in docs/dicom.md. Only objects of modality MG or a mammography SOP class are considered.
Tomosynthesis ClassifyTomosynthesis(DcmItem& dataset, const MammogramMetadata& metadata);

}  // namespace mhcnn
