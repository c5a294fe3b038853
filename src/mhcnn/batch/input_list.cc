#include "mhcnn/batch/input_list.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <sstream>

#include "mhcnn/base/csv_table.h"
#include "mhcnn/base/encoding.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/listed_path.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Returns the names of columns by preference; our names come before names of other programs.
const std::vector<std::string>& PathColumns() {
  static const std::vector<std::string> columns = {
      "path",     "image",      "file",           "filename",  "file_name",
      "filepath", "file_path",  "image_path",     "imagepath", "full_path",
      "fullname", "image_file", "image_file_path"};
  return columns;
}

bool IsTableName(const fs::path& list) {
  const std::string extension = ToLower(list.extension().string());
  return extension == ".csv" || extension == ".tsv" || extension == ".tab";
}

/// A spreadsheet may save a table as .txt: its first line then is no path but a header.
bool BeginsWithHeader(const fs::path& list, const std::string& text) {
  const std::string line = text.substr(0, text.find_first_of("\r\n"));
  std::error_code ec;
  if (Trim(line).empty() || fs::exists(list.parent_path() / line, ec)) return false;
  try {
    const CsvTable header(list, line, PathColumns());
    return std::ranges::any_of(header.columns(), [](const auto& column) {
      return std::ranges::count(PathColumns(), column) > 0;
    });
  } catch (const Error&) {
    return false;  // a path with a quote
  }
}

/// "a.png" for "\"a.png\" ".
std::string WithoutQuotes(const std::string& text) {
  const std::string bare = Trim(text);
  const bool quoted = bare.size() >= 2 && bare.front() == bare.back() &&
                      (bare.front() == '"' || bare.front() == '\'');
  return quoted ? bare.substr(1, bare.size() - 2) : bare;
}

/// Removes quotes and blanks around a path, unless there is a file whose name has them.
fs::path ReadPathField(const fs::path& list, const std::string& entry) {
  const std::string bare = WithoutQuotes(entry);
  std::error_code ec;
  const fs::path as_it_is = list.parent_path() / entry;
  return bare != entry && fs::exists(as_it_is, ec) ? as_it_is
                                                   : ResolveListedPath(list.parent_path(), bare);
}

std::vector<fs::path> FromTable(const fs::path& list, const std::string& text) {
  const CsvTable table(list, text, PathColumns());
  std::optional<std::size_t> column;
  for (const auto& name : PathColumns()) {
    if (!column) column = table.Find(name);
  }
  if (!column) {
    throw Error(ErrorCode::kUsage,
                "has no column 'path', 'image' or 'file'; " + table.Description(), list.string(),
                "give the column one of these names, or name a list without a header *.txt");
  }
  std::vector<fs::path> paths;
  std::size_t without = 0;
  for (const auto& row : table.rows()) {
    // Fields at the end may be left out; one too many means a path that was cut at the separator.
    if (row.fields.size() > table.columns().size()) {
      throw Error(ErrorCode::kUsage, fmt::format("line {}: {}", row.line, table.WrongLength(row)),
                  list.string(), "put quotes around a field that contains the separator");
    }
    const std::string entry = *column < row.fields.size() ? row.fields[*column] : std::string();
    if (Trim(entry).empty()) {
      ++without;
    } else {
      paths.push_back(ReadPathField(list, entry));
    }
  }
  if (without > 0) {
    spdlog::warn("{}: {} rows have no path in the column '{}'", ToDisplayText(list.string()),
                 without, table.columns()[*column]);
  }
  return paths;
}

std::vector<fs::path> FromLines(const fs::path& list, std::string text) {
  std::ranges::replace(text, '\r', '\n');
  std::vector<fs::path> paths;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (WithoutQuotes(line).empty()) continue;
    std::error_code ec;
    if (line.starts_with('#') && !fs::exists(list.parent_path() / line, ec)) continue;
    paths.push_back(ReadPathField(list, line));
  }
  return paths;
}

}  // namespace

std::vector<fs::path> ReadInputList(const fs::path& list) {
  const std::string text = ReadUtf8Text(list);
  const bool is_table = IsTableName(list) || BeginsWithHeader(list, text);
  const auto paths = Trim(text).empty() ? std::vector<fs::path>()
                     : is_table         ? FromTable(list, text)
                                        : FromLines(list, text);
  if (paths.empty()) throw Error(ErrorCode::kUsage, "lists no file", list.string());
  return paths;
}

}  // namespace mhcnn
