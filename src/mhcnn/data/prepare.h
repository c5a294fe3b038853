#pragma once

#include <filesystem>
#include <string>

#include "mhcnn/data/adapter.h"
#include "mhcnn/data/dataset_summary.h"
#include "mhcnn/data/split.h"

namespace mhcnn {

/// Inputs and outputs of `mhcnn prepare`.
struct PrepareOptions {
  std::string set;            ///< one of DataSetAdapters()
  AdapterOptions adapter;     ///< place of the set
  std::filesystem::path out;  ///< folder for manifest, census, converted masks and journal
  /// Options of the split.
  SplitOptions split;
  bool decode = true;  ///< false: DICOM images without masks are checked by their header alone
  int pictures = 16;   ///< number of pictures in census.html
  int threads = 0;     ///< number of threads; 0: all processors
  void Check() const;  ///< throws Error(kUsage) naming the option
};

/// Reads a data set, checks every image (in parallel; an interrupted run continues from
/// OUT/journal.jsonl with the same result), splits it and writes OUT/manifest.csv,
/// OUT/census.{txt,json,html}, OUT/masks/ if masks had to be made, and OUT/set_labels.csv if the
/// set has labels of its own. The manifest is written last. Throws Error, also if no usable image
/// is left.
DatasetSummary Prepare(const PrepareOptions& options);

}  // namespace mhcnn
