#include "mhcnn/evaluate/prediction_table.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "mhcnn/base/csv_table.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/text.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/results/results_table.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Largest difference of a sum of probabilities from 1: by rounding in a table, and of a network.
constexpr double kRounded = 0.01, kExact = 1e-6;

/// Words of a column that are not known: the first of them, and how many rows have one.
struct UnknownWords {
  std::string first;
  std::size_t rows = 0;
};

/// Unknown words by column.
using Unknown = std::map<std::string, UnknownWords>;

/// One row of a CSV table; columns that it lacks are empty.
class CsvRow {
 public:
  CsvRow(const CsvTable& table, const CsvRecord& record)
      : table_(table),
        record_(record),
        where_(fmt::format("{}, line {}", table.path().string(), record.line)) {
    if (const auto wrong = table.WrongLength(record); !wrong.empty()) Fail(wrong);
  }
  std::string Text(const std::string& column) const {
    const auto at = table_.Find(column);
    return at ? record_.fields[*at] : std::string();
  }
  /// Returns the value in lower case, without blanks around it.
  std::string Word(const std::string& column) const { return ToLower(Trim(Text(column))); }
  std::optional<double> Number(const std::string& column) const {
    const std::string text = Text(column);
    if (text.empty()) return std::nullopt;
    const auto value = ParseDecimal(text);
    if (!value) Fail("'" + text + "' is not a number");
    return value;
  }
  /// The value of a word; `none` where the column is empty, and where it is not known.
  template <typename T>
  T Choice(const std::string& column, const std::map<std::string, T>& values, T none,
           Unknown& unknown) const {
    const std::string word = Word(column);
    if (word.empty()) return none;
    if (const auto known = values.find(word); known != values.end()) return known->second;
    UnknownWords& words = unknown[column];
    if (words.rows++ == 0) words.first = Text(column);
    return none;
  }
  [[noreturn]] void Fail(const std::string& problem) const {
    throw Error(ErrorCode::kCorrupt, problem, where_);
  }

 private:
  const CsvTable& table_;
  const CsvRecord& record_;
  std::string where_;
};

/// Reads the probabilities, and the category of the row, else the most probable one.
void ReadCategory(const CsvRow& row, Result& result) {
  bool any = false;
  for (const DensityCategory c : kDensityCategories) {
    const double p = row.Number("p_" + ToLetter(c)).value_or(0);
    result.probabilities[static_cast<std::size_t>(c)] = p;
    any = any || p != 0;
  }
  const std::string text = row.Text("category");
  if (!Trim(text).empty()) {
    result.category = CategoryFromText(text);
    if (!result.category) row.Fail("category '" + text + "' is not a, b, c or d");
  } else if (any) {
    result.category = MostProbableCategory(result.probabilities);
  }
}

Result ResultFromCsv(const CsvRow& row, Unknown& unknown) {
  Result result;
  result.metadata.path = UnescapeText(row.Text("path"));
  if (result.metadata.path.empty()) row.Fail("the column 'path' is empty");
  result.metadata.laterality = row.Choice<Laterality>("laterality",
                                                      {{"l", Laterality::kLeft},
                                                       {"left", Laterality::kLeft},
                                                       {"r", Laterality::kRight},
                                                       {"right", Laterality::kRight}},
                                                      Laterality::kUnknown, unknown);
  result.metadata.view =
      row.Choice<View>("view", {{"cc", View::kCC}, {"mlo", View::kMLO}, {"other", View::kOther}},
                       View::kUnknown, unknown);
  result.percent_density = row.Number("percent_density");
  result.percent_regression = row.Number("percent_regression");
  result.error = row.Text("error");
  const std::string status = row.Word("status");
  if (result.ok() && !status.empty() && status != "ok")
    result.error = "not measured: its status is '" + row.Text("status") + "'";
  if (result.ok()) ReadCategory(row, result);
  if (const std::string range = row.Word("category_range"); !range.empty()) {
    result.category_range = CategoryRangeFromText(range);
    if (!result.category_range)
      row.Fail("category_range '" + range + "' is not a range such as b or b-c");
  }
  return result;
}

PredictionTable ReadCsvTable(const fs::path& path) {
  const CsvTable csv(path, ResultColumns());
  if (!csv.Find("path")) {
    throw Error(ErrorCode::kCorrupt, "has no column 'path'; " + csv.Description(), path.string());
  }
  PredictionTable table;
  Unknown unknown;
  for (const CsvRecord& record : csv.rows()) {
    const CsvRow row(csv, record);
    table.rows.push_back(ResultFromCsv(row, unknown));
    if (table.model.empty()) table.model = UnescapeText(row.Text("model"));
  }
  for (const auto& [column, words] : unknown) {
    spdlog::warn("{}: {} of {} values of {} are not known and left out; the first is '{}'",
                 ToDisplayText(path.string()), words.rows, table.rows.size(), column,
                 ToDisplayText(words.first));
  }
  return table;
}

PredictionTable ReadJsonTable(const fs::path& path) {
  PredictionTable table;
  try {
    const auto json = ParseJson(ReadTextFile(path));
    table.model = ReadModelName(json.at("model"));
    for (const auto& row : json.at("results")) table.rows.push_back(ResultFromJson(row));
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kCorrupt,
                std::string("is not a results file of mhcnn predict: ") + e.what(), path.string());
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
  return table;
}

double SumProbabilities(const std::array<double, 4>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Rounded probabilities add up to 1 again. A network's own stay as they are, and so do those that
/// FindImplausibleValue() refuses.
void Normalise(std::array<double, 4>& probabilities) {
  const double sum = SumProbabilities(probabilities), off = std::abs(sum - 1);
  if (off <= kExact || off > kRounded) return;
  for (double& p : probabilities) p /= sum;
}

/// A method may find almost nothing, so this is no error, as it is in a manifest.
void WarnAboutFractions(const std::vector<Result>& results, const char* column,
                        std::optional<double> Result::*percent, const fs::path& table) {
  double highest = 0;
  std::size_t percent_densities = 0;
  for (const auto& result : results) {
    if (!(result.*percent)) continue;
    highest = std::max(highest, *(result.*percent));
    ++percent_densities;
  }
  if (percent_densities < 3 || highest <= 0 || highest > 1) return;
  spdlog::warn(
      "{}: none of the {} values of {} is above 1; if they are fractions, multiply them by 100",
      ToDisplayText(table.string()), percent_densities, column);
}

bool Within(const std::optional<double>& value, double low, double high) {
  return !value || (*value >= low && *value <= high);
}

}  // namespace

PredictionTable ReadPredictionTable(const fs::path& path) {
  PredictionTable table = path.extension() == ".json" ? ReadJsonTable(path) : ReadCsvTable(path);
  for (Result& result : table.rows) Normalise(result.probabilities);
  WarnAboutFractions(table.rows, "percent_density", &Result::percent_density, path);
  WarnAboutFractions(table.rows, "percent_regression", &Result::percent_regression, path);
  return table;
}

std::string FindImplausibleValue(const Result& result) {
  if (!Within(result.percent_density, 0, 100)) return "percent_density is not within 0..100";
  if (!Within(result.percent_regression, 0, 100)) return "percent_regression is not within 0..100";
  if (!result.category) return {};
  const double sum = SumProbabilities(result.probabilities);
  const bool fractions =
      std::ranges::all_of(result.probabilities, [](double p) { return p >= 0 && p <= 1; });
  if (!fractions || (sum > 0 && std::abs(sum - 1) > kRounded))
    return "p_a to p_d are not probabilities with the sum 1";
  return {};
}

}  // namespace mhcnn
