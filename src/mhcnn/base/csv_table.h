#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/base/csv.h"

namespace mhcnn {

/// A table with a header line, as programs and people save it: UTF-8, UTF-16 or bytes of another
/// character set (base/encoding.h); separated by commas, semicolons, tabs or bars, found from the
/// header; with or without a line "sep=;" or "#TYPE ..." before it; names of columns in any case.
class CsvTable {
 public:
  /// Reads a table. `known`: names of columns that show the separator. Throws what ReadUtf8Text
  /// throws, kUsage for an empty file, kCorrupt where a quote is not closed; all name the file.
  CsvTable(const std::filesystem::path& path, const std::vector<std::string>& known);
  /// Parses a text that is already decoded; `path` is for messages.
  CsvTable(std::filesystem::path path, std::string_view text,
           const std::vector<std::string>& known);

  /// Returns the path for messages.
  const std::filesystem::path& path() const { return path_; }
  /// Returns the separator that was recognised: ',', ';', a tab or '|'.
  char separator() const { return separator_; }
  /// Returns the names that ColumnName() gives; columns without a name at the end are left out.
  const std::vector<std::string>& columns() const { return columns_; }
  /// Returns the rows that are not blank; empty fields beyond the header's are left out.
  const std::vector<CsvRecord>& rows() const { return rows_; }

  /// Returns the index of a column, if any. Throws Error(kUsage) where two have the name.
  std::optional<std::size_t> Find(const std::string& column) const;
  /// Returns "its columns are a, b (separated by ';')", for messages.
  std::string Description() const;
  /// Returns "has 3 fields where the header has 2 (separated by ',')"; "" where they agree.
  std::string WrongLength(const CsvRecord& row) const;

 private:
  void Parse(std::string_view text, const std::vector<std::string>& known);

  std::filesystem::path path_;
  char separator_ = ',';
  std::vector<std::string> columns_;
  std::vector<CsvRecord> rows_;
};

/// Returns the text in lower case, trimmed, with underscores for spaces.
std::string ColumnName(const std::string& text);

/// Returns the value of a decimal number, with a point or a comma before the decimals ("53.2",
/// "53,2") and blanks around it; nothing where the text is not a finite number.
std::optional<double> ParseDecimal(const std::string& text);

}  // namespace mhcnn
