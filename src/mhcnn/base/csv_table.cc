#include "mhcnn/base/csv_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "mhcnn/base/encoding.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

constexpr std::string_view kSeparators = ",;\t|";

/// Takes what PowerShell writes before a header, "#TYPE System.IO.FileInfo", off the text.
void SkipTypeLine(std::string_view& text) {
  if (text.starts_with("#TYPE ")) text.remove_prefix(std::min(text.find('\n'), text.size()));
}

/// Reads the line "sep=;" that Excel writes before a header, and takes it off the text.
std::optional<char> ReadStatedSeparator(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  const std::string bare = Trim(std::string(line.substr(0, 16)));
  if (line.size() > 8 || ToLower(bare.substr(0, 4)) != "sep=" || line.size() < 5) {
    return std::nullopt;
  }
  text.remove_prefix(line.size());
  return line[4];
}

std::vector<std::string> Header(std::string_view text, char separator) {
  std::vector<std::string> names;
  for (const auto& record : ParseCsvRecords(text, separator, 1)) {
    for (const auto& field : record.fields)
      names.push_back(ColumnName(DecodeUtf8OrWindows1252(field)));
  }
  while (!names.empty() && names.back().empty()) names.pop_back();
  return names;
}

/// Returns the separator with most known names; of equals, most fields; of equals, the comma.
char GuessSeparator(std::string_view text, const std::vector<std::string>& known) {
  char best = ',';
  std::pair<std::size_t, std::size_t> most{0, 0};
  for (const char separator : kSeparators) {
    std::vector<std::string> header;
    try {
      header = Header(text, separator);
    } catch (const Error&) {
      continue;  // a quote that is open with this one
    }
    std::size_t hits = 0;
    for (const auto& name : header) hits += std::ranges::count(known, name) > 0;
    if (std::pair(hits, header.size()) > most) {
      most = {hits, header.size()};
      best = separator;
    }
  }
  return best;
}

std::string SeparatorName(char separator) {
  return separator == '\t' ? "tabs" : fmt::format("'{}'", separator);
}

bool IsBlank(const std::string& field) { return Trim(field).empty(); }

}  // namespace

std::string ColumnName(const std::string& text) {
  std::string name = ToLower(Trim(text));
  std::ranges::replace(name, ' ', '_');
  return name;
}

std::optional<double> ParseDecimal(const std::string& text) {
  std::string number = Trim(text);
  const auto comma = number.find(',');
  if (comma != std::string::npos) {
    const bool decimal = comma > 0 && comma + 1 < number.size() &&
                         number.find_first_not_of("0123456789", comma + 1) == std::string::npos;
    if (!decimal) return std::nullopt;
    number[comma] = '.';
    if (number.find('.') != comma) return std::nullopt;  // 1.234,5
  }
  double value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != number.data() + number.size() ||
      !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

CsvTable::CsvTable(const std::filesystem::path& path, const std::vector<std::string>& known)
    : path_(path) {
  Parse(ReadUtf8Text(path), known);
}

CsvTable::CsvTable(std::filesystem::path path, std::string_view text,
                   const std::vector<std::string>& known)
    : path_(std::move(path)) {
  Parse(text, known);
}

void CsvTable::Parse(std::string_view text, const std::vector<std::string>& known) {
  SkipTypeLine(text);
  const auto stated = ReadStatedSeparator(text);
  separator_ = stated ? *stated : GuessSeparator(text, known);
  try {
    columns_ = Header(text, separator_);
    if (columns_.empty()) throw Error(ErrorCode::kUsage, "is empty");
    rows_ = ParseCsvRecords(text, separator_);
  } catch (const Error& e) {
    throw e.WithSubject(path_.string());
  }
  rows_.erase(rows_.begin());
  std::erase_if(rows_, [](const auto& row) { return std::ranges::all_of(row.fields, IsBlank); });
  for (auto& row : rows_) {
    while (row.fields.size() > columns_.size() && IsBlank(row.fields.back())) row.fields.pop_back();
  }
}

std::optional<std::size_t> CsvTable::Find(const std::string& column) const {
  const auto first = std::ranges::find(columns_, column);
  if (first == columns_.end()) return std::nullopt;
  const auto second = std::find(first + 1, columns_.end(), column);
  if (second != columns_.end()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("has two columns '{}' (its columns {} and {})", column,
                            first - columns_.begin() + 1, second - columns_.begin() + 1),
                path_.string(), "remove or rename one of them");
  }
  return static_cast<std::size_t>(first - columns_.begin());
}

std::string CsvTable::Description() const {
  constexpr std::size_t kShown = 20;
  std::vector<std::string> names = columns_;
  if (names.size() > kShown) {
    names.resize(kShown);
    names.emplace_back("...");
  }
  for (auto& name : names) name = TruncateFront(ToDisplayText(name), 60);
  if (names.size() == 1) {
    return fmt::format("it has the one column '{}' (no comma, semicolon, tab or bar in the header)",
                       names[0]);
  }
  return fmt::format("its columns are {} (separated by {})", fmt::join(names, ", "),
                     SeparatorName(separator_));
}

std::string CsvTable::WrongLength(const CsvRecord& row) const {
  if (row.fields.size() == columns_.size()) return {};
  return fmt::format("has {} fields where the header has {} (separated by {})", row.fields.size(),
                     columns_.size(), SeparatorName(separator_));
}

}  // namespace mhcnn
