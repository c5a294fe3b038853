#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/base/csv.h"

namespace mhcnn {

/// A table with a header line, however a program or a person saved it: UTF-8, UTF-16 or bytes of
/// another character set (base/encoding.h); separated by commas, semicolons, tabs or bars, which
/// the header tells; a line "sep=;" before it; names of columns in any case.
class CsvTable {
 public:
  /// `known`: names of columns by which the separator is told. Throws what ReadDecodedText throws,
  /// kUsage where the file is empty, kCorrupt where a quote is not closed; all name the file.
  CsvTable(const std::filesystem::path& path, const std::vector<std::string>& known);
  /// Parses a text that is already decoded; `path` is for messages.
  CsvTable(std::filesystem::path path, std::string_view text,
           const std::vector<std::string>& known);

  /// Returns the path for messages.
  const std::filesystem::path& path() const { return path_; }
  /// Returns the separator that was recognised: ',', ';', a tab or '|'.
  char separator() const { return separator_; }
  /// As ColumnName() gives them; columns without a name at the end are left out.
  const std::vector<std::string>& columns() const { return columns_; }
  /// Rows that hold anything; empty fields beyond the header's are left out.
  const std::vector<CsvRecord>& rows() const { return rows_; }

  /// Where the column stands. Throws Error(kUsage) where there are two of the name.
  std::optional<std::size_t> Find(const std::string& column) const;
  /// "its columns are a, b (separated by ';')", for messages.
  std::string Description() const;
  /// "has 3 fields where the header has 2 (separated by ',')"; empty where the numbers agree.
  std::string WrongLength(const CsvRecord& row) const;

 private:
  void Parse(std::string_view text, const std::vector<std::string>& known);

  std::filesystem::path path_;
  char separator_ = ',';
  std::vector<std::string> columns_;
  std::vector<CsvRecord> rows_;
};

/// Lower case, trimmed, spaces as underscores.
std::string ColumnName(const std::string& text);

/// A decimal number, with a point or a comma before the decimals ("53.2", "53,2"), blanks around
/// it left out; empty where the text is none, or not finite.
std::optional<double> ParseDecimal(const std::string& text);

}  // namespace mhcnn
