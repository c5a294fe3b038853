#include "data/set_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/csv_table.h"
#include "base/encoding.h"
#include "base/error.h"

namespace mhcnn {
namespace fs = std::filesystem;

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

std::string Table::Row::operator[](const std::string& column) const {
  const auto found = values.find(column);
  return found == values.end() ? "" : Trimmed(found->second);
}

Table::Table(const fs::path& path, const std::vector<std::string>& needed,
             std::vector<Problem>& problems)
    : path_(path) {
  const CsvTable table(path, needed);
  for (const auto& column : needed) {
    if (table.Find(column)) continue;
    throw Error(ErrorCode::kUsage,
                fmt::format("has no column '{}'; {}", column, table.Description()), path.string(),
                "give the table as the set's authors published it");
  }
  for (const CsvRecord& record : table.rows()) {
    Row row{record.number, {}};
    if (const auto wrong = table.WrongLength(record); !wrong.empty()) {
      problems.push_back({"bad_row", Subject(row), wrong});
      continue;
    }
    const auto& header = table.columns();
    for (std::size_t c = 0; c < header.size(); ++c) {
      row.values[header[c]] = Utf8OrWindows1252(record.fields[c]);
    }
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
