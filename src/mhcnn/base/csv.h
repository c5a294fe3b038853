#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// One record of a CSV text.
struct CsvRecord {
  std::size_t line = 1;             ///< line of the text on which it begins, counted from 1
  std::size_t number = 1;           ///< position among the records, counted from 1
  std::vector<std::string> fields;  ///< the values, in order, without their quotes
};

/// Returns the records of a CSV text (RFC 4180: quoted fields may contain separators, quotes and
/// line breaks), at most `most` of them. A byte order mark, blanks before a quoted field and empty
/// lines are skipped; a line may end in LF, CR LF or CR. Throws Error(kCorrupt) that names the line
/// where a quote is not closed.
std::vector<CsvRecord> ParseCsvRecords(std::string_view text, char separator = ',',
                                       std::size_t most = std::numeric_limits<std::size_t>::max());
/// Returns only the fields of the records that ParseCsvRecords() returns, one list for each
/// record.
std::vector<std::vector<std::string>> ParseCsv(std::string_view text, char separator = ',');

/// Returns one field, quoted where needed.
std::string CsvField(std::string_view value);
/// Returns the fields, quoted where needed and separated by commas, without a line end.
std::string CsvLine(const std::vector<std::string>& fields);
/// Returns text that others chose (a file's name, a patient's number) as a value for CsvLine: as
/// EscapeText, and with a first character = + - @ as its escape too, because a spreadsheet would
/// run it as a formula. UnescapeText gives the bytes back.
std::string CsvText(std::string_view raw);

}  // namespace mhcnn
