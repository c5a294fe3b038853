#pragma once

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Throws Error(kOutOfScope) that names the kind of object, where it is not one projection
/// mammogram to measure: a CT, a tomosynthesis volume, a report, a chest X-ray, a specimen, a raw
/// image (unless `accept_raw`); Error(kUnsupported) for colour. Needs the header only.
///
/// Evidence for a mammogram is modality MG, its SOP classes, a mammography view, or body part
/// BREAST. Film that was digitised comes as Secondary Capture or CR with less evidence: it is
/// accepted where nothing is against it, flagged "mammogram_not_stated".
void CheckScope(DcmItem& dataset, MammogramMetadata& metadata, bool accept_raw);

}  // namespace mhcnn
