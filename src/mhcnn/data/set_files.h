#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/base/text.h"
#include "mhcnn/data/adapter.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {

// What adapters share: files of a folder, tables, and the words of labels.

/// Returns whether `path` is `folder` or lies below it, by their texts alone: give both in one
/// form, such as that of weakly_canonical().
bool IsInside(const std::filesystem::path& path, const std::filesystem::path& folder);

/// Returns all regular files below `folder`, sorted; links to folders are followed, each folder
/// once. Files that macOS and Windows add to folders are left out, and what cannot be read becomes
/// a problem ("companion_file", "unreadable_folder", "unreadable_file"). Throws kNotFound if it is
/// no folder, kIo if it cannot be listed.
std::vector<std::filesystem::path> ListFilesRecursively(const std::filesystem::path& folder,
                                                        std::vector<Problem>& problems);
/// Returns the first file of this name (case ignored) among `files`, in their order.
std::optional<std::filesystem::path> FindNamed(const std::vector<std::filesystem::path>& files,
                                               const std::string& name);

/// Table with a header as CsvTable reads it, with any separator; text that is no UTF-8 counts as
/// Windows-1252. Or the first sheet of an .xlsx workbook.
class Table {
 public:
  /// One row of the table.
  struct Row {
    std::size_t number;  ///< counted from 2, the header being row 1
    /// Values by column.
    std::map<std::string, std::string> values;
    /// Returns the trimmed value; "" for a column that does not exist.
    std::string operator[](const std::string& column) const;
  };

  /// Reads a table. Throws Error(kUsage) naming a missing `needed` column; rows with a wrong number
  /// of fields become problems of kind "bad_row" and are left out, empty rows are skipped.
  Table(const std::filesystem::path& path, const std::vector<std::string>& needed,
        std::vector<Problem>& problems);

  /// Returns the rows that are not empty.
  const std::vector<Row>& rows() const { return rows_; }
  /// Returns the names of the columns.
  const std::vector<std::string>& columns() const { return columns_; }
  std::string Subject(const Row& row) const;  ///< returns "breast.csv row 12"

 private:
  std::filesystem::path path_;
  std::vector<std::string> columns_;
  std::vector<Row> rows_;
};

/// Parser of the words of a set's labels; an unknown word is a problem "unknown_value" and leaves
/// the label out. Empty text gives nothing, without a problem.
class LabelParser {
 public:
  /// Makes a parser that adds its problems, with this subject, to `listing`.
  LabelParser(DatasetIndex& listing, std::string subject)
      : listing_(listing), subject_(std::move(subject)) {}
  /// Reads "L", "LEFT", "R", "RIGHT".
  Laterality Side(const std::string& text);
  /// Reads "CC", "MLO", "ML" (the word of INbreast and MIAS for MLO, if `ml_is_mlo`).
  View ParseViewLabel(const std::string& text, bool ml_is_mlo = false);
  /// Reads what CategoryFromText reads ("1".."4", "A".."D"), after `prefix` ("DENSITY C"). "0" and
  /// "" give nothing and a problem "no_category".
  std::optional<DensityCategory> Category(const std::string& text, const std::string& prefix = "");
  /// Reads one of train/training, val/validation/valid, test.
  std::string Split(const std::string& text);

 private:
  void Unknown(const std::string& what, const std::string& text);
  DatasetIndex& listing_;
  std::string subject_;
};

/// Returns whether two rows of one image state the same label; if not, adds a "label_conflict".
bool CheckSameLabel(DatasetIndex& listing, const std::string& subject, const std::string& label,
                    const std::string& first, const std::string& second);

}  // namespace mhcnn
