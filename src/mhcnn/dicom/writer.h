#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Transfer syntaxes the writer offers, by the short names of the command line.
enum class TransferSyntax {
  kImplicitLittleEndian,
  kExplicitLittleEndian,
  kDeflated,
  kRle,
  kJpegBaseline,  ///< 8 bits, lossy
  kJpegExtended,  ///< 12 bits, lossy
  kJpegLossless,  ///< process 14, selection value 1
  kJpegLs,        ///< lossless
  kJpeg2000,      ///< reversible
  kJpeg2000Lossy
};
const char* TransferSyntaxName(
    TransferSyntax syntax);  ///< "implicit", "explicit", "deflated", "rle", …
/// Throws kUsage with the list of names.
TransferSyntax TransferSyntaxFromName(const std::string& name);
/// Returns all transfer syntaxes, in the order of the enumeration.
std::vector<TransferSyntax> AllTransferSyntaxes();

/// How a DICOM file is written.
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

/// Writes a Digital Mammography X-Ray Image (PS3.3 A.27) of a phantom: pixels of `bits` significant
/// bits as they are, the facts in its header (empty UIDs are made), atomically. Throws kIo, kUsage
/// (12 bits into 8-bit JPEG).
void WriteDicomMammogram(const std::filesystem::path& path, const Mammogram& mammogram,
                         const DicomWriteOptions& options);

}  // namespace mhcnn
