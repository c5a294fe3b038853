#pragma once

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Throws Error(kOutOfScope) that says what the object is, where it is not one projection mammogram
/// to measure: a CT, a tomosynthesis volume, a report, a chest X-ray, a specimen, a raw image
/// (unless `accept_raw`); Error(kUnsupported) for colour. Needs the header only.
///
/// Evidence for a mammogram is modality MG, its SOP classes, a mammography view, or body part
/// BREAST. Film that was digitised comes as Secondary Capture or CR with less: it is accepted where
/// nothing speaks against it, flagged "mammogram_not_stated".
void CheckScope(DcmItem& dataset, MammogramMetadata& facts, bool accept_raw);

}  // namespace mhcnn
