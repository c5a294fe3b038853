#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// One record of a CSV text.
struct CsvRecord {
  std::size_t line = 1;             ///< line of the text on which it begins, counted from 1
  std::size_t number = 1;           ///< among the records, counted from 1
  std::vector<std::string> fields;  ///< the values, in order, without their quotes
};

/// Records of a CSV text (RFC 4180: quoted fields may hold separators, quotes and line breaks), at
/// most `most` of them. A byte order mark, blanks before a quoted field and empty lines are
/// skipped; a line may end in LF, CR LF or CR. Throws Error(kCorrupt) with the line on an unclosed
/// quote.
std::vector<CsvRecord> ParseCsvRecords(std::string_view text, char separator = ',',
                                       std::size_t most = std::numeric_limits<std::size_t>::max());
/// Their fields alone.
/// Returns the fields of ParseCsvRecords alone, one list for each record.
std::vector<std::vector<std::string>> ParseCsv(std::string_view text, char separator = ',');

/// One field, quoted where it must be.
std::string CsvField(std::string_view value);
/// Returns the fields, quoted where needed and separated by commas, without a line end.
std::string CsvLine(const std::vector<std::string>& fields);
/// Text that others chose (a file's name, a patient's number) as a value for CsvLine: EscapedText,
/// and a first character = + - @ as its escape too, since a spreadsheet would run it as a formula.
/// UnescapedText gives the bytes back.
std::string CsvText(std::string_view raw);

}  // namespace mhcnn
