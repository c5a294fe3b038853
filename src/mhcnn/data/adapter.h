#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {

/// Deviation of a data set from its schema; the census counts them by kind (docs/datasets.md lists
/// the kinds).
struct Problem {
  std::string kind;     ///< "orphan_image", "unknown_value", …
  std::string subject;  ///< file, or file and line
  std::string text;     ///< one line
  /// Compares kind, subject and text, in this order.
  auto operator<=>(const Problem&) const = default;  // NOLINT(modernize-use-nullptr): no pointer
};

/// One image as an adapter found it. `sample.split` is the set's published part ("train", "val",
/// "test") or empty.
struct ListedImage {
  /// The image as a row of the manifest.
  Sample sample;
  std::string name;  ///< unique in the set; file name of converted masks
  /// INbreast: XML file whose contour becomes the pectoral mask.
  std::optional<std::filesystem::path> pectoral_contour;
  /// Labels of the set that the manifest has no column for ("tissue": "F"), for set_labels.csv.
  std::map<std::string, std::string> own_labels;
};

/// Content of a set as an adapter read it. Images without rows, rows without images and the like
/// are problems; `images` has only images that exist on disk.
struct DatasetIndex {
  /// Images that exist on disk.
  std::vector<ListedImage> images;
  /// Deviations from the set's schema.
  std::vector<Problem> problems;

  /// Adds a problem.
  void Add(std::string kind, std::string subject, std::string text) {
    problems.push_back({std::move(kind), std::move(subject), std::move(text)});
  }
};

/// Place of a data set, and options of its labels.
struct AdapterOptions {
  std::vector<std::filesystem::path> folders;  ///< folders of the set; at least one
  std::optional<std::filesystem::path> masks;  ///< vindr-mammo: folder of the Behravan masks
  /// mini-mias: categories of its tissue words, e.g. {"F", kA}; empty: no category.
  std::map<std::string, DensityCategory> tissue_categories;

  /// Throws Error(kUsage) naming the option.
  void Check() const;
};

/// Data set that `mhcnn prepare` can read. `read` uses names, tables and texts only, never pixels.
/// It throws Error if the set does not exist: kNotFound (a table or folder), kUsage (a table
/// without a needed column).
struct DataSetAdapter {
  const char* name;     ///< name on the command line
  const char* summary;  ///< one line of help
  /// Reads the set.
  DatasetIndex (*read)(const AdapterOptions& options);
  /// Whether it uses AdapterOptions::masks.
  bool uses_masks = false;
  /// Whether it uses AdapterOptions::tissue_categories.
  bool uses_tissue_categories = false;
};

/// Returns all adapters, in the order of the help.
const std::vector<DataSetAdapter>& DataSetAdapters();
/// Returns the adapter of a name. Throws Error(kUsage) that lists the names.
const DataSetAdapter& FindDataSetAdapter(const std::string& name);

}  // namespace mhcnn
