#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn::testing_support {

/// Returns a left MLO picture of a disc on black with both extreme values and `bits` significant
/// bits.
inline Mammogram Disc(int rows, int columns, int bits) {
  Mammogram mammogram;
  mammogram.pixels.create(rows, columns);
  const double white = std::ldexp(1.0, bits) - 1;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const double distance = std::hypot(row - rows / 2.0, column) / rows;
      const double texture = 0.02 * ((row * 31 + column * 17) % 5);
      mammogram.pixels(row, column) =
          static_cast<std::uint16_t>(white * std::max(0.0, 0.9 - distance + texture));
    }
  }
  mammogram.pixels(0, columns - 1) = 0;
  mammogram.pixels(rows - 1, columns - 1) = static_cast<std::uint16_t>(white);
  mammogram.metadata.bits = bits;
  mammogram.metadata.laterality = Laterality::kLeft;
  mammogram.metadata.view = View::kMLO;
  mammogram.metadata.patient_id = "P-7";
  mammogram.metadata.manufacturer = "Phantom";
  mammogram.metadata.row_spacing_mm = 0.07;
  mammogram.metadata.column_spacing_mm = 0.085;
  return mammogram;
}

/// Writes a valid 12-bit mammogram, changes its header by `change`, and writes it back.
inline void WriteChanged(const std::filesystem::path& path,
                         const std::function<void(DcmDataset&)>& change) {
  WriteDicomMammogram(path, Disc(40, 32, 12), {});
  const auto file = LoadDicom(path);
  file->loadAllDataIntoMemory();
  change(*file->getDataset());
  file->saveFile(OFFilename(path.c_str()), file->getDataset()->getOriginalXfer());
}

/// Largest and mean difference of a lossy syntax, of a white of 1.
struct Loss {
  double largest, mean;
};

/// Returns what a transfer syntax may lose: nothing if it is lossless.
inline Loss AllowedLoss(TransferSyntax syntax) {
  switch (syntax) {
    case TransferSyntax::kJpegBaseline:
    case TransferSyntax::kJpegExtended:
      return {0.06, 0.01};
    case TransferSyntax::kJpeg2000Lossy:
      return {0.4, 0.06};  // 10:1 of a small, busy picture
    default:
      return {0, 0};
  }
}

}  // namespace mhcnn::testing_support
