#pragma once

#include <filesystem>

#include "image/mammogram.h"

namespace mhcnn {

struct DicomReadOptions {
  /// Convert raw FOR PROCESSING images instead of refusing them (flagged "raw_converted").
  bool convert_raw = false;
};

/// Reads one DICOM mammogram: stored value -> Modality LUT / rescale -> VOI LUT or window (LINEAR,
/// LINEAR_EXACT, SIGMOID) -> inversion (MONOCHROME1, Presentation LUT Shape INVERSE) last, kept in
/// 16 bits (PS3.3 C.11, C.7.6.3). Throws Error: kCorrupt (truncated), kUnsupported (syntax),
/// kOutOfScope (not a projection mammogram: CT, ultrasound, tomosynthesis volume, …), kLimit.
Mammogram ReadDicomMammogram(const std::filesystem::path& path,
                             const DicomReadOptions& options = {});

/// Header alone, pixels empty; for `inspect` and for sorting a folder by study.
MammogramFacts ReadDicomFacts(const std::filesystem::path& path);

/// Reads a picture or DICOM mammogram by its content. Throws kUnsupported for anything else.
Mammogram ReadMammogram(const std::filesystem::path& path, const DicomReadOptions& options = {});

}  // namespace mhcnn
