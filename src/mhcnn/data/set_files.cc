#include "mhcnn/data/set_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>

#include "mhcnn/base/companion.h"
#include "mhcnn/base/csv.h"
#include "mhcnn/base/csv_table.h"
#include "mhcnn/base/encoding.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/data/spreadsheet.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Is it what macOS or Windows puts beside files? "._x.png" is opened: a picture may have that
/// name.
bool IsCompanion(const fs::path& path, const fs::path& root) {
  const Companion companion = ClassifyCompanionFile(path.lexically_relative(root));
  return companion == Companion::kFile ||
         (companion == Companion::kAppleDouble && SniffFileKind(path) == FileKind::kUnknown);
}

std::string WhyUnreadable(const fs::path& path) {
  try {
    ReadFileHead(path, 1);
    return "cannot be read; left out";
  } catch (const Error& e) {
    return e.problem() + "; left out";
  }
}

}  // namespace

bool IsInside(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

std::vector<fs::path> ListFilesRecursively(const fs::path& folder, std::vector<Problem>& problems) {
  std::error_code ec;
  if (!fs::is_directory(folder, ec)) {
    throw Error(ErrorCode::kNotFound, "is not a folder", folder.string(),
                "give the folder of the data set");
  }
  const fs::path root = fs::absolute(folder).lexically_normal();
  std::vector<fs::path> files, folders = {root};
  std::set<std::pair<dev_t, ino_t>> visited;  // links may lead in a circle
  std::size_t companions = 0;
  while (!folders.empty()) {
    const fs::path here = std::move(folders.back());
    folders.pop_back();
    struct stat about {};
    if (::stat(here.c_str(), &about) == 0 && !visited.emplace(about.st_dev, about.st_ino).second) {
      continue;
    }
    fs::directory_iterator entry(here, ec);
    for (; !ec && entry != fs::directory_iterator(); entry.increment(ec)) {
      std::error_code status;
      const fs::path& path = entry->path();
      if (entry->is_directory(status)) {
        folders.push_back(path);
      } else if (IsCompanion(path, root)) {
        ++companions;
      } else if (entry->is_regular_file(status)) {
        files.push_back(path);
      } else if (status || !entry->exists(status)) {
        problems.push_back({"unreadable_file", path.string(), WhyUnreadable(path)});
      }
    }
    if (ec && here == root) {
      throw Error(ErrorCode::kIo, "cannot be listed: " + ec.message(), folder.string());
    }
    if (ec) {
      problems.push_back({"unreadable_folder", here.string(),
                          "cannot be listed: " + ec.message() + "; its files are left out"});
    }
  }
  if (companions > 0) {
    problems.push_back({"companion_file", root.string(),
                        fmt::format("{} files of macOS or Windows left out", companions)});
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<fs::path> FindNamed(const std::vector<fs::path>& files, const std::string& name) {
  const auto found = std::find_if(files.begin(), files.end(), [&](const fs::path& file) {
    return ToLower(file.filename().string()) == ToLower(name);
  });
  return found == files.end() ? std::nullopt : std::optional(*found);
}

std::string Table::Row::operator[](const std::string& column) const {
  const auto found = values.find(column);
  return found == values.end() ? "" : Trim(found->second);
}

namespace {

/// The table of a CSV file, or of the first sheet of a workbook.
CsvTable OpenTable(const fs::path& path, const std::vector<std::string>& needed) {
  if (ToLower(path.extension().string()) != ".xlsx") return CsvTable(path, needed);
  std::string text;
  for (const auto& row : ReadSpreadsheet(path)) {
    for (std::size_t c = 0; c < row.size(); ++c) text += (c > 0 ? "," : "") + CsvField(row[c]);
    text += "\n";
  }
  return CsvTable(path, text, needed);
}

}  // namespace

Table::Table(const fs::path& path, const std::vector<std::string>& needed,
             std::vector<Problem>& problems)
    : path_(path) {
  const CsvTable table = OpenTable(path, needed);
  columns_ = table.columns();
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
      row.values[header[c]] = DecodeUtf8OrWindows1252(record.fields[c]);
    }
    rows_.push_back(std::move(row));
  }
}

std::string Table::Subject(const Row& row) const {
  return fmt::format("{} row {}", path_.filename().string(), row.number);
}

void LabelParser::Unknown(const std::string& what, const std::string& text) {
  listing_.Add("unknown_value", subject_,
               fmt::format("{} '{}' is not known; left out", what, text));
}

Laterality LabelParser::Side(const std::string& text) {
  const std::string word = ToLower(text);
  if (word == "l" || word == "left") return Laterality::kLeft;
  if (word == "r" || word == "right") return Laterality::kRight;
  if (!word.empty()) Unknown("laterality", text);
  return Laterality::kUnknown;
}

View LabelParser::ParseViewLabel(const std::string& text, bool ml_is_mlo) {
  const std::string word = ToLower(text);
  if (word == "cc") return View::kCC;
  if (word == "mlo" || (ml_is_mlo && word == "ml")) return View::kMLO;
  if (!word.empty()) Unknown("view", text);
  return View::kUnknown;
}

std::optional<DensityCategory> LabelParser::Category(const std::string& text,
                                                     const std::string& prefix) {
  std::string word = ToLower(text);
  if (!prefix.empty() && word.starts_with(ToLower(prefix))) {
    word = Trim(word.substr(prefix.size()));
  }
  if (word.empty() || word == "0") {
    listing_.Add("no_category", subject_,
                 word.empty() ? "the density is blank; no category"
                              : "density 0 is not a BI-RADS category; no category");
    return std::nullopt;
  }
  if (const auto category = CategoryFromText(word)) return category;
  Unknown("density", text);
  return std::nullopt;
}

std::string LabelParser::Split(const std::string& text) {
  const std::string word = ToLower(text);
  if (word == "train" || word == "training") return "train";
  if (word == "val" || word == "valid" || word == "validation") return "val";
  if (word == "test") return "test";
  if (!word.empty()) Unknown("split", text);
  return "";
}

bool CheckSameLabel(DatasetIndex& listing, const std::string& subject, const std::string& label,
                    const std::string& first, const std::string& second) {
  if (first == second) return true;
  listing.Add(
      "label_conflict", subject,
      fmt::format("{} is '{}' in one row and '{}' in another; left out", label, first, second));
  return false;
}

}  // namespace mhcnn
