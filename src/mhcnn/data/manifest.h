#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/image/density_category.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// One image of a data set with its known facts; a missing label turns off the loss of its head.
struct Sample {
  std::filesystem::path image;  ///< absolute path
  /// Mask files, as ReadSampleMask names them.
  std::optional<std::filesystem::path> breast_mask, dense_mask, pectoral_mask;
  std::optional<double> percent_density;    ///< 0..100
  std::optional<DensityCategory> category;  ///< BI-RADS density category
  /// Identifiers; "" if they are not known.
  std::string patient_id, study_id;
  /// Side of the breast.
  Laterality laterality = Laterality::kUnknown;
  /// Projection.
  View view = View::kUnknown;
  std::string split;   ///< "train", "val", "test" or empty
  std::string reader;  ///< who drew the dense mask; empty: the mask is trusted
  /// Grey value above which a pixel of the breast is dense, in place of a dense mask.
  std::optional<double> dense_threshold;
};

/// Reads a CSV with the columns image, breast_mask, dense_mask, pectoral_mask, percent_density,
/// category (as CategoryFromText reads it), patient_id, study_id, laterality, view, split, reader,
/// dense_threshold; all but `image` optional; paths relative to its folder. An image may have
/// several rows, one for each reader. The last two columns are written if a sample has them. Any
/// format that CsvTable reads is accepted, with decimal commas too; paths as ResolveListedPath
/// finds them. Throws Error(kUsage) naming line and column of the fault: an unknown or repeated
/// column, a value outside its range, percent densities that look like fractions of 1, all of them
/// or some (FindPercentUnitProblem; a value with a percent sign is a percent).
std::vector<Sample> ReadManifest(const std::filesystem::path& path);
/// Writes a manifest atomically, with paths relative to its folder. Percents of at most 1 get a
/// percent sign if ReadManifest would read them as fractions. Throws Error(kIo).
void WriteManifest(const std::filesystem::path& path, const std::vector<Sample>& samples);

/// Gives every sample without a split one of train/val/test by patient (stratified by category,
/// seeded); a patient with a split in some samples keeps it.
void SplitByPatient(std::vector<Sample>& samples, double val_fraction, double test_fraction,
                    std::uint64_t seed);

}  // namespace mhcnn
