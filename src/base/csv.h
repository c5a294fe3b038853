#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// Rows of a CSV text (RFC 4180: quoted fields may hold separators, quotes and line breaks; a byte
/// order mark is skipped). Throws Error(kCorrupt) on an unclosed quote.
std::vector<std::vector<std::string>> ParseCsv(std::string_view text, char separator = ',');
/// One field, quoted where it must be.
std::string CsvField(std::string_view value);
std::string CsvLine(const std::vector<std::string>& fields);

}  // namespace mhcnn
