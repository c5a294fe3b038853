#include "data/set_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/csv.h"
#include "base/error.h"
#include "base/file.h"
#include "data/spreadsheet.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

std::string ColumnName(const std::string& text) {
  std::string name = Lowered(Trimmed(text));
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

}  // namespace

std::vector<fs::path> FilesBelow(const fs::path& folder) {
  std::error_code ec;
  if (!fs::is_directory(folder, ec)) {
    throw Error(ErrorCode::kNotFound, "is not a folder", folder.string(),
                "name the folder the data set lies in");
  }
  std::vector<fs::path> files;
  auto entry = fs::recursive_directory_iterator(fs::absolute(folder).lexically_normal(),
                                                fs::directory_options::follow_directory_symlink |
                                                    fs::directory_options::skip_permission_denied,
                                                ec);
  for (; !ec && entry != fs::recursive_directory_iterator(); entry.increment(ec)) {
    std::error_code status;
    if (entry->is_regular_file(status)) files.push_back(entry->path());
    if (entry.depth() > 32) entry.disable_recursion_pending();  // a link to a parent
  }
  if (ec) throw Error(ErrorCode::kIo, "cannot be listed: " + ec.message(), folder.string());
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<fs::path> FindNamed(const std::vector<fs::path>& files, const std::string& name) {
  const auto found = std::find_if(files.begin(), files.end(), [&](const fs::path& file) {
    return Lowered(file.filename().string()) == Lowered(name);
  });
  return found == files.end() ? std::nullopt : std::optional(*found);
}

std::string Lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string Trimmed(const std::string& text) {
  const char* white = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(white);
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(white) - first + 1);
}

std::string Table::Row::operator[](const std::string& column) const {
  const auto found = values.find(column);
  return found == values.end() ? "" : Trimmed(found->second);
}

Table::Table(const fs::path& path, char separator, const std::vector<std::string>& needed,
             std::vector<Problem>& problems)
    : path_(path) {
  std::vector<std::vector<std::string>> rows;
  try {
    rows = Lowered(path.extension().string()) == ".xlsx" ? ReadSpreadsheet(path)
                                                         : ParseCsv(ReadTextFile(path), separator);
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
  if (rows.empty()) throw Error(ErrorCode::kUsage, "is empty", path.string());
  for (const auto& column : rows.front()) columns_.push_back(ColumnName(column));
  const auto& header = columns_;
  for (const auto& column : needed) {
    if (std::find(header.begin(), header.end(), column) != header.end()) continue;
    throw Error(
        ErrorCode::kUsage,
        fmt::format("has no column '{}'; its columns are {}", column, fmt::join(header, ", ")),
        path.string(), "give the table as the set's authors published it");
  }
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const bool blank = std::all_of(rows[i].begin(), rows[i].end(),
                                   [](const std::string& f) { return Trimmed(f).empty(); });
    if (blank) continue;
    Row row{i + 1, {}};
    if (rows[i].size() != header.size()) {
      problems.push_back(
          {"bad_row", Subject(row),
           fmt::format("has {} fields where the header has {}", rows[i].size(), header.size())});
      continue;
    }
    for (std::size_t c = 0; c < header.size(); ++c) row.values[header[c]] = rows[i][c];
    rows_.push_back(std::move(row));
  }
}

std::string Table::Subject(const Row& row) const {
  return fmt::format("{} row {}", path_.filename().string(), row.number);
}

void Words::Unknown(const std::string& what, const std::string& text) {
  listing_.Add("unknown_value", subject_,
               fmt::format("{} '{}' is not known; left out", what, text));
}

Laterality Words::Side(const std::string& text) {
  const std::string word = Lowered(text);
  if (word == "l" || word == "left") return Laterality::kLeft;
  if (word == "r" || word == "right") return Laterality::kRight;
  if (!word.empty()) Unknown("laterality", text);
  return Laterality::kUnknown;
}

View Words::ViewOf(const std::string& text, bool ml_is_mlo) {
  const std::string word = Lowered(text);
  if (word == "cc") return View::kCC;
  if (word == "mlo" || (ml_is_mlo && word == "ml")) return View::kMLO;
  if (!word.empty()) Unknown("view", text);
  return View::kUnknown;
}

std::optional<int> Words::Category(const std::string& text, const std::string& prefix) {
  std::string word = Lowered(text);
  if (!prefix.empty() && word.starts_with(Lowered(prefix))) {
    word = Trimmed(word.substr(prefix.size()));
  }
  if (word.empty() || word == "0") {
    listing_.Add("no_category", subject_,
                 word.empty() ? "the density is blank; no category"
                              : "density 0 is no BI-RADS category; no category");
    return std::nullopt;
  }
  if (word.size() == 1 && word[0] >= '1' && word[0] <= '4') return word[0] - '1';
  if (word.size() == 1 && word[0] >= 'a' && word[0] <= 'd') return word[0] - 'a';
  Unknown("density", text);
  return std::nullopt;
}

std::string Words::Part(const std::string& text) {
  const std::string word = Lowered(text);
  if (word == "train" || word == "training") return "train";
  if (word == "val" || word == "valid" || word == "validation") return "val";
  if (word == "test") return "test";
  if (!word.empty()) Unknown("split", text);
  return "";
}

bool AgreeOn(Listing& listing, const std::string& subject, const std::string& label,
             const std::string& first, const std::string& second) {
  if (first == second) return true;
  listing.Add(
      "label_conflict", subject,
      fmt::format("{} is '{}' in one row and '{}' in another; left out", label, first, second));
  return false;
}

}  // namespace mhcnn
