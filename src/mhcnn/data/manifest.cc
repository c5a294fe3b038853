#include "mhcnn/data/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mhcnn/base/csv_table.h"
#include "mhcnn/base/encoding.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/listed_path.h"
#include "mhcnn/base/options.h"
#include "mhcnn/base/text.h"
#include "mhcnn/data/percent_units.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string>& Columns() {
  static const std::vector<std::string> columns = {
      "image",    "breast_mask", "dense_mask",     "pectoral_mask", "percent_density",
      "category", "patient_id",  "study_id",       "laterality",    "view",
      "split",    "reader",      "dense_threshold"};
  return columns;
}

/// Number of last columns written only if used, so that other manifests read as they always have.
constexpr std::size_t kRareColumns = 2;

bool HasRareColumns(const std::vector<Sample>& samples) {
  return std::any_of(samples.begin(), samples.end(), [](const Sample& s) {
    return !s.reader.empty() || s.dense_threshold.has_value();
  });
}

/// One row with its place in the file, for messages.
class Row {
 public:
  Row(const CsvTable& table, const CsvRecord& record) : table_(table), record_(record) {
    if (const auto wrong = table.WrongLength(record); !wrong.empty()) Fail(wrong);
  }

  /// Text as UTF-8: what is no UTF-8 counts as Windows-1252.
  std::string Get(const std::string& column) const {
    return DecodeUtf8OrWindows1252(UnescapeText(Bytes(column)));
  }

  std::optional<fs::path> Path(const std::string& column) const {
    const std::string value = Bytes(column);
    if (value.empty()) return std::nullopt;
    return ResolveListedPath(fs::absolute(table_.path()).parent_path(), value);
  }

  std::optional<double> Number(const std::string& column, int high) const {
    const std::string text = Bytes(column);
    if (text.empty()) return std::nullopt;
    const auto value = ParseDecimal(text);
    if (!value || !(*value >= 0 && *value <= high)) {
      Fail(fmt::format("column {}: '{}' is not a number in 0..{}", column, text, high));
    }
    if (const auto thousands = AsThousands(text); thousands && *thousands <= high) {
      Fail(fmt::format("column {}: '{}' may be {} or {}", column, text, *value, *thousands));
    }
    return value;
  }

  /// A percent, with or without its sign; `signed_too` is set where the sign is there.
  std::optional<double> Percent(const std::string& column, bool& signed_too) const {
    const std::string text = Bytes(column);
    if (!text.ends_with('%')) return Number(column, 100);
    const auto value = ParseDecimal(text.substr(0, text.size() - 1));
    if (!value || !(*value >= 0 && *value <= 100)) {
      Fail(fmt::format("column {}: '{}' is not a percent in 0..100", column, text));
    }
    signed_too = true;
    return value;
  }

  std::optional<DensityCategory> Category() const {
    const std::string text = Bytes("category");
    if (text.empty()) return std::nullopt;
    const auto category = CategoryFromText(text);
    if (!category) Fail("column category: '" + text + "' is not one of a, b, c, d or 1 to 4");
    return category;
  }

  template <typename T>
  T Choice(const std::string& column,
           std::initializer_list<std::pair<const char*, T>> choices) const {
    const std::string text = Bytes(column);
    std::string names;
    for (const auto& [name, value] : choices) {
      if (ToLower(text) == ToLower(name)) return value;
      names += (names.empty() ? "'" : ", '") + std::string(name) + "'";
    }
    Fail("column " + column + ": '" + text + "' is not one of " + names);
  }

  [[noreturn]] void Fail(const std::string& problem) const {
    throw Error(ErrorCode::kUsage, fmt::format("line {}: {}", record_.line, problem),
                table_.path().string());
  }

 private:
  /// Returns the cell as the file has it, without blanks around it.
  std::string Bytes(const std::string& column) const {
    const auto at = table_.Find(column);
    return at ? Trim(record_.fields[*at]) : std::string();
  }

  /// "1,234" read as 1234; empty where it can only be 1.234.
  static std::optional<double> AsThousands(std::string text) {
    const auto comma = text.find(',');
    if (comma == std::string::npos || comma == 0 || comma > 3 || text[0] == '0' ||
        text.size() - comma != 4) {
      return std::nullopt;
    }
    return ParseDecimal(text.erase(comma, 1));
  }

  const CsvTable& table_;
  const CsvRecord& record_;
};

void CheckColumns(const CsvTable& table) {
  for (const auto& column : table.columns()) {
    if (std::ranges::count(Columns(), column) == 0) {
      const std::string nearest = Nearest(column, Columns());
      throw Error(ErrorCode::kUsage,
                  "unknown column '" + ToDisplayText(column) + "'; " + table.Description(),
                  table.path().string(),
                  (nearest.empty() ? "" : "did you mean '" + nearest + "'? ") +
                      std::string("docs/datasets.md lists the columns of a manifest"));
    }
    table.Find(column);  // refuses two of a name
  }
  if (!table.Find("image")) {
    throw Error(ErrorCode::kUsage, "has no column 'image'; " + table.Description(),
                table.path().string());
  }
}

/// Percents written as fractions of 1 would be read as breasts almost without dense tissue. A
/// percent sign states the unit of its own value.
void RefuseUnclearUnits(const std::vector<Sample>& samples, const std::vector<bool>& signs,
                        const fs::path& path) {
  std::vector<const Sample*> without_sign;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (!signs[i]) without_sign.push_back(&samples[i]);
  }
  const std::string problem = FindPercentUnitProblem(without_sign);
  if (problem.empty()) return;
  throw Error(
      ErrorCode::kUsage,
      "the column percent_density " + problem + "; the column is in percent, 0 to 100",
      path.string(),
      "multiply fractions by 100; if the values are really so small, write each of them with "
      "a percent sign (0.5%)");
}

/// Returns whether values at most 1 need a percent sign, without which ReadManifest refuses them.
bool NeedsPercentSigns(const std::vector<Sample>& samples) {
  std::vector<const Sample*> all;
  all.reserve(samples.size());
  for (const Sample& sample : samples) all.push_back(&sample);
  return !FindPercentUnitProblem(all).empty();
}

std::string PercentText(const std::optional<double>& percent, bool signs) {
  if (!percent) return "";
  const std::string text = fmt::format("{:.3f}", *percent);
  return signs && *percent < kMaxFractionPercent ? text + "%" : text;
}

std::string RelativeTo(const fs::path& folder, const fs::path& path) {
  const fs::path relative = path.lexically_relative(folder);
  return EscapeText(relative.empty() || *relative.begin() == ".." ? path.string()
                                                                  : relative.generic_string());
}

}  // namespace

std::vector<Sample> ReadManifest(const fs::path& path) {
  const CsvTable table(path, Columns());
  CheckColumns(table);
  std::vector<Sample> samples;
  samples.reserve(table.rows().size());
  std::vector<bool> percent_signs;
  for (const CsvRecord& record : table.rows()) {
    const Row row(table, record);
    Sample sample;
    const auto image = row.Path("image");
    if (!image) row.Fail("column image is empty");
    sample.image = *image;
    sample.breast_mask = row.Path("breast_mask");
    sample.dense_mask = row.Path("dense_mask");
    sample.pectoral_mask = row.Path("pectoral_mask");
    bool percent_sign = false;
    sample.percent_density = row.Percent("percent_density", percent_sign);
    percent_signs.push_back(percent_sign);
    sample.category = row.Category();
    sample.patient_id = row.Get("patient_id");
    sample.study_id = row.Get("study_id");
    sample.laterality = row.Choice<Laterality>(
        "laterality",
        {{"", Laterality::kUnknown}, {"L", Laterality::kLeft}, {"R", Laterality::kRight}});
    sample.view = row.Choice<View>(
        "view",
        {{"", View::kUnknown}, {"CC", View::kCC}, {"MLO", View::kMLO}, {"other", View::kOther}});
    sample.split = row.Choice<std::string>(
        "split", {{"", ""}, {"train", "train"}, {"val", "val"}, {"test", "test"}});
    sample.reader = row.Get("reader");
    sample.dense_threshold = row.Number("dense_threshold", 65535);
    if (sample.dense_threshold && sample.dense_mask)
      row.Fail("has both a dense_mask and a dense_threshold; keep only one of them");
    samples.push_back(std::move(sample));
  }
  RefuseUnclearUnits(samples, percent_signs, path);
  return samples;
}

void WriteManifest(const fs::path& path, const std::vector<Sample>& samples) {
  const fs::path folder = fs::absolute(path).parent_path();
  const auto optional_path = [&](const std::optional<fs::path>& p) {
    return p ? RelativeTo(folder, fs::absolute(*p)) : std::string();
  };
  const std::size_t columns = Columns().size() - (HasRareColumns(samples) ? 0 : kRareColumns);
  const auto line = [&](std::vector<std::string> fields) {
    fields.resize(columns);
    return CsvLine(fields);
  };
  const bool signs = NeedsPercentSigns(samples);
  std::string text = line(Columns());
  for (const Sample& s : samples) {
    text +=
        line({RelativeTo(folder, fs::absolute(s.image)), optional_path(s.breast_mask),
              optional_path(s.dense_mask), optional_path(s.pectoral_mask),
              PercentText(s.percent_density, signs), ToLetter(s.category), CsvText(s.patient_id),
              CsvText(s.study_id), LateralityName(s.laterality), ViewName(s.view), s.split,
              CsvText(s.reader), s.dense_threshold ? fmt::format("{}", *s.dense_threshold) : ""});
  }
  WriteFileAtomically(path, text);
}

}  // namespace mhcnn
