#pragma once

#include <filesystem>
#include <string>

#include "mhcnn/data/adapter.h"
#include "mhcnn/data/dataset_summary.h"
#include "mhcnn/data/split.h"

namespace mhcnn {

/// What `mhcnn prepare` reads and writes.
struct PrepareOptions {
  std::string set;            ///< one of DataSetAdapters()
  AdapterOptions adapter;     ///< where the set lies
  std::filesystem::path out;  ///< folder for manifest, census, converted masks and journal
  /// How the images are split.
  SplitOptions split;
  bool decode = true;  ///< false: DICOM images without masks are checked by their header alone
  int pictures = 16;   ///< in census.html
  int threads = 0;     ///< 0: all processors
  void Check() const;  ///< throws Error(kUsage) naming the option
};

/// Reads a data set, examines every image (in parallel; a run that was cut off goes on from
/// OUT/journal.jsonl with the same result), splits it and writes OUT/manifest.csv,
/// OUT/census.{txt,json,html}, OUT/masks/ where masks had to be made, and OUT/set_labels.csv where
/// the set has labels of its own. The manifest is written last. Throws Error, also where no usable
/// image is left.
DatasetSummary Prepare(const PrepareOptions& options);

}  // namespace mhcnn
