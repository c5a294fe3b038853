#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {

/// Something of a data set that is not as its schema says; the census counts them by kind
/// (docs/datasets.md lists the kinds).
struct Problem {
  std::string kind;     ///< "orphan_image", "unknown_value", …
  std::string subject;  ///< file, or file and line
  std::string text;     ///< one line
  /// Compares kind, subject and text, in this order.
  auto operator<=>(const Problem&) const = default;  // NOLINT(modernize-use-nullptr): no pointer
};

/// One image as an adapter found it. `sample.split` holds the set's published part ("train",
/// "val", "test") or nothing.
struct ListedImage {
  /// The image as a row of the manifest.
  Sample sample;
  std::string name;  ///< unique in the set; names converted masks
  /// INbreast: an XML whose contour becomes the pectoral mask.
  std::optional<std::filesystem::path> pectoral_contour;
  /// The set's own labels that are not the manifest's ("tissue": "F"); go to set_labels.csv.
  std::map<std::string, std::string> own_labels;
};

/// What an adapter read. Images without rows, rows without images and the like are problems; only
/// images that exist on disk stand in `images`.
struct DatasetIndex {
  /// Images that exist on disk.
  std::vector<ListedImage> images;
  /// What is not as the set's schema says.
  std::vector<Problem> problems;

  /// Adds a problem.
  void Add(std::string kind, std::string subject, std::string text) {
    problems.push_back({std::move(kind), std::move(subject), std::move(text)});
  }
};

/// Where a data set is, and how its labels are read.
struct AdapterOptions {
  std::vector<std::filesystem::path> folders;  ///< where the set lies; at least one
  std::optional<std::filesystem::path> masks;  ///< vindr-mammo: the Behravan masks
  /// mini-mias: categories for its tissue words, e.g. {"F", kA}; empty: no category.
  std::map<std::string, DensityCategory> tissue_categories;

  /// Throws Error(kUsage) naming the option.
  void Check() const;
};

/// A data set `mhcnn prepare` can read. `read` looks at names, tables and texts only, never at
/// pixels. It throws Error where the set is not there at all: kNotFound (a table or folder),
/// kUsage (a table without a needed column).
struct DataSetAdapter {
  const char* name;     ///< on the command line
  const char* summary;  ///< one line of help
  /// Reads the set.
  DatasetIndex (*read)(const AdapterOptions& options);
  /// It uses AdapterOptions::masks.
  bool takes_masks = false;
  /// It uses AdapterOptions::tissue_categories.
  bool takes_tissue = false;
};

/// Returns all adapters, in the order of the help.
const std::vector<DataSetAdapter>& DataSetAdapters();
/// Throws Error(kUsage) that lists the names.
const DataSetAdapter& FindDataSetAdapter(const std::string& name);

}  // namespace mhcnn
