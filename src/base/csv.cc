#include "base/csv.h"

#include "base/error.h"

namespace mhcnn {

std::vector<std::vector<std::string>> ParseCsv(std::string_view text, char separator) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string field;
  bool quoted = false, begun = false;
  const auto end_row = [&] {
    if (begun || !row.empty()) {
      row.push_back(std::move(field));
      rows.push_back(std::move(row));
    }
    field.clear();
    row.clear();
    begun = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        field += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"' && field.empty()) {
      quoted = begun = true;
    } else if (c == separator) {
      row.push_back(std::move(field));
      field.clear();
      begun = true;
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field += c;
      begun = true;
    }
  }
  if (quoted) throw Error(ErrorCode::kCorrupt, "a quoted CSV field is never closed");
  end_row();
  return rows;
}

std::string CsvField(std::string_view value) {
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(value);
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    line += CsvField(fields[i]);
  }
  return line + "\n";
}

}  // namespace mhcnn
