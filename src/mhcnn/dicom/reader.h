#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Options for reading a DICOM mammogram.
struct DicomReadOptions {
  /// Whether raw FOR PROCESSING images are converted, not refused (flagged "raw_converted").
  bool convert_raw = false;
  /// VOI LUT or window to apply where the file offers several: its number from 1 (VOI LUTs before
  /// windows, MammogramMetadata::windows) or its explanation; "" is the first. A file without it is
  /// read by its first and flagged "window_not_found".
  std::string window{};
  /// Longer side in pixels that is enough; 0 reads the whole picture. JPEG 2000 and HTJ2K are then
  /// read at the smallest of their resolution levels (1/2, 1/4, 1/8) whose longer side is not below
  /// it, which MammogramMetadata::reduction states; other files are read whole. A file whose
  /// padding would look bright when mixed with its neighbours is read whole too.
  int wanted_long_side = 0;
  int threads = 1;  ///< threads to decode one JPEG 2000 or HTJ2K file; 0: all processors

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Reads one DICOM mammogram, with or without preamble: stored value -> Modality LUT / rescale ->
/// VOI LUT or window (LINEAR, LINEAR_EXACT, SIGMOID) -> inversion (MONOCHROME1, Presentation LUT
/// Shape INVERSE) last, kept in 16 bits (PS3.3 C.11, C.7.6.3). Throws Error: kCorrupt (truncated),
/// kUnsupported (syntax), kOutOfScope (not a projection mammogram: CT, ultrasound, tomosynthesis
/// volume, …), kLimit.
Mammogram ReadDicomMammogram(const std::filesystem::path& path,
                             const DicomReadOptions& options = {});

/// Reads only the header of any DICOM object, a mammogram or not; for `inspect` and to sort a
/// folder by study. Throws Error: kNotFound, kCorrupt, kUnsupported, kLimit.
MammogramMetadata ReadDicomMetadata(const std::filesystem::path& path);

/// Returns the error with which ReadDicomMammogram would refuse the file, judged by its header
/// alone; nothing where it would continue with the pixel data.
std::optional<Error> FindReadProblem(const std::filesystem::path& path,
                                     const DicomReadOptions& options = {});

/// Reads a picture or DICOM mammogram by its content. Throws kUnsupported for anything else.
Mammogram ReadMammogram(const std::filesystem::path& path, const DicomReadOptions& options = {});

}  // namespace mhcnn
