#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mhcnn/dicom/transfer_syntax.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Options for writing a DICOM file.
struct DicomWriteOptions {
  TransferSyntax syntax = TransferSyntax::kExplicitLittleEndian;  ///< how the pixels are encoded
  bool monochrome1 = false;  ///< store inverted, as MONOCHROME1 with Presentation LUT Shape INVERSE
  bool for_processing = false;                 ///< Digital Mammography X-Ray Image - For Processing
  double window_center = 0, window_width = 0;  ///< in stored values; width 0 writes no window
  std::string patient_name, study_description, study_date;  ///< study_date: YYYYMMDD
  int instance_number = 1;                                  ///< Instance Number (0020,0013)

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Writes a Digital Mammography X-Ray Image (PS3.3 A.27) of a phantom: unchanged pixels of `bits`
/// significant bits, the metadata in its header (empty UIDs are made), atomically. Throws kIo,
/// kUsage (12 bits into 8-bit JPEG).
void WriteDicomMammogram(const std::filesystem::path& path, const Mammogram& mammogram,
                         const DicomWriteOptions& options);

}  // namespace mhcnn
