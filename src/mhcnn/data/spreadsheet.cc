#include "mhcnn/data/spreadsheet.h"

#include <algorithm>
#include <map>
#include <optional>
#include <pugixml.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/zip_archive.h"

namespace mhcnn {
namespace {

constexpr std::size_t kMaxColumns = 1024, kMaxRows = 1'000'000;

/// The name without its namespace's prefix.
std::string Local(const pugi::xml_node& node) {
  const std::string name = node.name();
  const auto colon = name.find(':');
  return colon == std::string::npos ? name : name.substr(colon + 1);
}

/// All text of a string item: its runs, without phonetic guides.
std::string CellText(const pugi::xml_node& item) {
  std::string text;
  for (const auto& child : item.children()) {
    const std::string name = Local(child);
    if (name == "t") text += child.text().get();
    if (name == "r") text += CellText(child);
  }
  return text;
}

class Workbook {
 public:
  explicit Workbook(const std::filesystem::path& path) : path_(path), archive_(path) {}

  std::vector<std::vector<std::string>> FirstRows() {
    ReadSharedStrings();
    for (const auto& sheet : Sheets()) {
      auto rows = Rows(sheet);
      if (!rows.empty()) return rows;
    }
    return {};
  }

 private:
  [[noreturn]] void Fail(const std::string& problem) const {
    throw Error(ErrorCode::kCorrupt, problem, path_.string(),
                "save the table as CSV from a spreadsheet program");
  }

  bool Has(const std::string& member) const {
    return std::ranges::find(archive_.members(), member) != archive_.members().end();
  }

  // pugixml neither expands entities of a DTD nor fetches anything.
  void Parse(const std::string& member, pugi::xml_document& document) const {
    const auto bytes = archive_.Read(member);
    if (!document.load_buffer(bytes.data(), bytes.size()))
      Fail("has a part that is not XML: " + member);
  }

  void ReadSharedStrings() {
    if (!Has("xl/sharedStrings.xml")) return;
    pugi::xml_document document;
    Parse("xl/sharedStrings.xml", document);
    for (const auto& item : document.document_element().children())
      if (Local(item) == "si") strings_.push_back(CellText(item));
  }

  /// Members of the sheets, in the workbook's order.
  std::vector<std::string> Sheets() const {
    if (!Has("xl/workbook.xml")) Fail("is not a workbook (xl/workbook.xml is missing)");
    std::map<std::string, std::string> targets;
    pugi::xml_document relations, workbook;
    if (Has("xl/_rels/workbook.xml.rels")) {
      Parse("xl/_rels/workbook.xml.rels", relations);
      for (const auto& relation : relations.document_element().children())
        targets[relation.attribute("Id").value()] = relation.attribute("Target").value();
    }
    Parse("xl/workbook.xml", workbook);
    std::vector<std::string> sheets;
    for (const auto& part : workbook.document_element().children()) {
      if (Local(part) != "sheets") continue;
      for (const auto& sheet : part.children()) {
        std::string target = targets[sheet.attribute("r:id").value()];
        target = target.starts_with("/") ? target.substr(1) : "xl/" + target;
        if (Has(target)) sheets.push_back(target);
      }
    }
    if (sheets.empty()) Fail("is a workbook without a sheet");
    return sheets;
  }

  /// 27 of "AB7"; nothing for a reference that is none.
  static std::optional<std::size_t> Column(const std::string& reference) {
    std::size_t column = 0;
    for (const char c : reference) {
      if (c < 'A' || c > 'Z') break;
      column = column * 26 + static_cast<std::size_t>(c - 'A') + 1;
      if (column > kMaxColumns) return std::nullopt;
    }
    return column > 0 ? std::optional(column - 1) : std::nullopt;
  }

  std::string Value(const pugi::xml_node& cell) const {
    const std::string type = cell.attribute("t").value();
    std::string value;
    for (const auto& part : cell.children()) {
      if (Local(part) == "is") return CellText(part);
      if (Local(part) == "v") value = part.text().get();
    }
    if (type != "s") return value;
    const auto index = static_cast<std::size_t>(std::strtoul(value.c_str(), nullptr, 10));
    if (value.empty() || index >= strings_.size()) Fail("has a cell without its text");
    return strings_[index];
  }

  std::vector<std::vector<std::string>> Rows(const std::string& sheet) const {
    pugi::xml_document document;
    Parse(sheet, document);
    std::vector<std::vector<std::string>> rows;
    std::size_t columns = 0;
    for (const auto& part : document.document_element().children()) {
      if (Local(part) != "sheetData") continue;
      for (const auto& row : part.children()) {
        std::vector<std::string> values;
        for (const auto& cell : row.children()) {
          const char* reference = cell.attribute("r").value();
          const auto column = *reference ? Column(reference) : values.size();
          if (!column || *column >= kMaxColumns) Fail("has more columns than a table");
          if (*column >= values.size()) values.resize(*column + 1);
          values[*column] = Value(cell);
        }
        columns = std::max(columns, values.size());
        rows.push_back(std::move(values));
        if (rows.size() > kMaxRows) Fail("has more rows than a table of a data set");
      }
    }
    if (columns == 0) return {};
    for (auto& row : rows) row.resize(columns);
    return rows;
  }

  std::filesystem::path path_;
  ZipArchive archive_;
  std::vector<std::string> strings_;
};

}  // namespace

std::vector<std::vector<std::string>> ReadSpreadsheet(const std::filesystem::path& path) {
  return Workbook(path).FirstRows();
}

}  // namespace mhcnn
