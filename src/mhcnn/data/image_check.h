#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/data/adapter.h"

namespace mhcnn {

/// Result of the check of one image and its masks; kept in the journal, so that a run that was
/// interrupted continues from there.
struct ImageCheck {
  /// Whether the image could be read.
  bool readable = false;
  std::string file_hash;   ///< SHA-256 of the file
  std::string pixel_hash;  ///< SHA-256 of the decoded grey values with their size; "" undecoded
  /// Size of the image in pixels.
  int rows = 0, columns = 0;
  std::string vendor;                            ///< DICOM Manufacturer and model; "" for pictures
  Laterality laterality = Laterality::kUnknown;  ///< side in the header
  View view = View::kUnknown;                    ///< projection in the header
  /// Patient ID and Study Instance UID of the header; "" for pictures.
  std::string patient_id, study_id;
  std::optional<double> mask_percent;  ///< 100 * dense in breast / breast
  /// Mask files as the manifest names them: in place, or converted in the output folder; "" none.
  std::string breast_mask, dense_mask, pectoral_mask;
  /// Problems of the image and its masks.
  std::vector<Problem> problems;
};

/// Options of the check of images.
struct ImageCheckOptions {
  std::filesystem::path out;  ///< converted masks go to `out/masks/KIND/NAME.png`
  bool decode = true;  ///< false: headers and file hashes only; images with masks are decoded

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Reads one image and its masks and checks them against each other. Faults of the files are
/// problems of the result; throws only if `out` cannot be written or on an interrupt.
ImageCheck CheckImage(const ListedImage& image, const ImageCheckOptions& options);

/// Returns a key of image and masks from path, size and time of change, with the options: equal
/// keys mean equal checks.
std::string ImageCheckKey(const ListedImage& image, const ImageCheckOptions& options);

}  // namespace mhcnn
