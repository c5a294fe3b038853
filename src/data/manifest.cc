#include "data/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/csv.h"
#include "base/error.h"
#include "base/file.h"
#include "base/options.h"

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

/// So that a manifest without them reads as it always has.
constexpr std::size_t kRareColumns = 2;

bool HasRareColumns(const std::vector<Sample>& samples) {
  return std::any_of(samples.begin(), samples.end(), [](const Sample& s) {
    return !s.reader.empty() || s.dense_threshold.has_value();
  });
}

/// One row with its place in the file, for messages.
class Row {
 public:
  Row(const fs::path& manifest, std::size_t line, const std::vector<std::string>& header,
      const std::vector<std::string>& fields)
      : manifest_(manifest), line_(line) {
    if (fields.size() != header.size()) {
      Fail(fmt::format("has {} fields where the header has {}", fields.size(), header.size()));
    }
    for (std::size_t i = 0; i < header.size(); ++i) values_[header[i]] = fields[i];
  }

  const std::string& Get(const std::string& column) const {
    static const std::string none;
    const auto found = values_.find(column);
    return found == values_.end() ? none : found->second;
  }

  std::optional<fs::path> Path(const std::string& column) const {
    const std::string& value = Get(column);
    if (value.empty()) return std::nullopt;
    const fs::path path(value);
    return path.is_absolute() ? path : fs::absolute(manifest_).parent_path() / path;
  }

  std::optional<double> Number(const std::string& column, int high) const {
    const std::string& text = Get(column);
    if (text.empty()) return std::nullopt;
    double value = -1;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ptr != text.data() + text.size() || !(value >= 0 && value <= high)) {
      Fail(fmt::format("column {}: '{}' is not a number in 0..{}", column, text, high));
    }
    return value;
  }

  std::optional<int> Category() const {
    const std::string& text = Get("category");
    if (text.empty()) return std::nullopt;
    const char letter = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    if (text.size() != 1 || letter < 'a' || letter > 'd') {
      Fail("column category: '" + text + "' is not one of a, b, c, d");
    }
    return letter - 'a';
  }

  template <typename T>
  T Choice(const std::string& column,
           std::initializer_list<std::pair<const char*, T>> choices) const {
    const std::string& text = Get(column);
    std::string names;
    for (const auto& [name, value] : choices) {
      if (text == name) return value;
      names += (names.empty() ? "'" : ", '") + std::string(name) + "'";
    }
    Fail("column " + column + ": '" + text + "' is not one of " + names);
  }

  [[noreturn]] void Fail(const std::string& problem) const {
    throw Error(ErrorCode::kUsage, fmt::format("line {}: {}", line_, problem), manifest_.string());
  }

 private:
  const fs::path& manifest_;
  std::size_t line_;
  std::map<std::string, std::string> values_;
};

std::vector<std::string> CheckedHeader(const fs::path& path,
                                       const std::vector<std::string>& header) {
  for (const auto& column : header) {
    if (std::find(Columns().begin(), Columns().end(), column) != Columns().end()) continue;
    const std::string nearest = Nearest(column, Columns());
    throw Error(ErrorCode::kUsage, "unknown column '" + column + "'", path.string(),
                nearest.empty() ? "" : "did you mean '" + nearest + "'?");
  }
  if (std::find(header.begin(), header.end(), "image") == header.end()) {
    throw Error(ErrorCode::kUsage, "has no column 'image'", path.string());
  }
  return header;
}

std::string RelativeTo(const fs::path& folder, const fs::path& path) {
  const fs::path relative = path.lexically_relative(folder);
  return relative.empty() || *relative.begin() == ".." ? path.string() : relative.generic_string();
}

}  // namespace

std::vector<Sample> ReadManifest(const fs::path& path) {
  std::vector<std::vector<std::string>> rows;
  try {
    rows = ParseCsv(ReadTextFile(path));
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
  if (rows.empty()) throw Error(ErrorCode::kUsage, "is empty", path.string());
  const auto header = CheckedHeader(path, rows.front());
  std::vector<Sample> samples;
  samples.reserve(rows.size() - 1);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const Row row(path, i + 1, header, rows[i]);
    Sample sample;
    const auto image = row.Path("image");
    if (!image) row.Fail("column image is empty");
    sample.image = *image;
    sample.breast_mask = row.Path("breast_mask");
    sample.dense_mask = row.Path("dense_mask");
    sample.pectoral_mask = row.Path("pectoral_mask");
    sample.percent_density = row.Number("percent_density", 100);
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
      row.Fail("has both a dense_mask and a dense_threshold, which are two labels of one thing");
    samples.push_back(std::move(sample));
  }
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
  std::string text = line(Columns());
  for (const Sample& s : samples) {
    text += line({RelativeTo(folder, fs::absolute(s.image)), optional_path(s.breast_mask),
                  optional_path(s.dense_mask), optional_path(s.pectoral_mask),
                  s.percent_density ? fmt::format("{:.3f}", *s.percent_density) : "",
                  s.category ? std::string(1, static_cast<char>('a' + *s.category)) : "",
                  s.patient_id, s.study_id, LateralityName(s.laterality), ViewName(s.view), s.split,
                  s.reader, s.dense_threshold ? fmt::format("{}", *s.dense_threshold) : ""});
  }
  WriteFileAtomically(path, text);
}

}  // namespace mhcnn
