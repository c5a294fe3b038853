#pragma once

// Files that the tests of this layer make.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn::testing_files {

/// A folder of its own for a test, removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// A left MLO phantom of a disc on black with both extreme values, `bits` significant bits.
Mammogram Disc(int rows, int columns, int bits);

/// Writes a valid 12-bit mammogram, changes its header by `change`, and writes it back.
void WriteChanged(const std::filesystem::path& path,
                  const std::function<void(DcmDataset&)>& change);

}  // namespace mhcnn::testing_files
