#include "mhcnn/results/results_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/results/number_text.h"

namespace mhcnn {
namespace {

std::string Fixed(const std::optional<double>& value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "";
}

template <typename T>
nlohmann::json OrNull(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

/// UTF-8 whatever the bytes; what reads it takes UnescapeText.
nlohmann::json OrNull(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(EscapeText(text));
}

std::string Text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

const char* LineBegin(bool first) { return first ? "\n  " : ",\n  "; }

[[noreturn]] void RefuseField(const std::string& field, const std::string& text) {
  throw Error(ErrorCode::kCorrupt, field + " '" + text + "' is not made of the letters a to d");
}

/// Reads a row. Throws nlohmann::json::exception for a field that is missing or of a wrong type.
Result ReadRow(const nlohmann::json& row) {
  Result r;
  const auto text = [&](const char* key) {
    const auto& value = row.at(key);
    return value.is_null() ? std::string() : UnescapeText(value.get<std::string>());
  };
  const auto number = [&](const char* key) {
    const auto& value = row.at(key);
    return value.is_null() ? std::optional<double>() : std::optional<double>(value.get<double>());
  };
  r.metadata.path = text("path");
  r.metadata.study_uid = text("study_uid");
  r.metadata.sop_uid = text("sop_uid");
  for (const auto side : {Laterality::kLeft, Laterality::kRight}) {
    if (text("laterality") == LateralityName(side)) r.metadata.laterality = side;
  }
  for (const auto view : {View::kCC, View::kMLO, View::kOther}) {
    if (text("view") == ViewName(view)) r.metadata.view = view;
  }
  r.percent_density = number("percent_density");
  r.percent_low = number("percent_low");
  r.percent_high = number("percent_high");
  r.percent_spread = number("percent_spread");
  r.percent_regression = number("percent_regression");
  if (row.contains("ood_score")) r.ood_score = number("ood_score");
  if (row.contains("percent_uncalibrated")) r.percent_uncalibrated = number("percent_uncalibrated");
  if (row.contains("percent_strands")) r.percent_strands = number("percent_strands");
  if (const std::string range = row.contains("category_range") ? text("category_range") : "";
      !range.empty()) {
    r.category_range = CategoryRangeFromText(range);
    if (!r.category_range) RefuseField("category_range", range);
  }
  r.dense_area_cm2 = number("dense_area_cm2");
  r.breast_area_cm2 = number("breast_area_cm2");
  if (const std::string letter = text("category"); !letter.empty()) {
    r.category = CategoryFromLetter(letter);
    if (!r.category) RefuseField("category", letter);
    for (const DensityCategory c : kDensityCategories) {
      row.at("probabilities").at(ToLetter(c)).get_to(r.probabilities[static_cast<std::size_t>(c)]);
    }
  }
  row.at("flags").get_to(r.flags);
  if (!row.at("error").is_null()) row.at("error").get_to(r.error);
  r.size = {row.at("columns").get<int>(), row.at("rows").get<int>()};
  r.metadata.manufacturer = text("manufacturer");
  r.metadata.modality = text("modality");
  r.metadata.row_spacing_mm = number("row_spacing_mm");
  r.metadata.column_spacing_mm = number("column_spacing_mm");
  r.metadata.patient_id = text("patient_id");
  r.metadata.study_date = text("study_date");
  row.at("seconds").get_to(r.seconds);
  if (row.contains("left_out")) r.left_out = text("left_out");
  return r;
}

}  // namespace

const std::vector<std::string>& ResultColumns() {
  static const std::vector<std::string> columns = {"path",
                                                   "study_uid",
                                                   "sop_uid",
                                                   "laterality",
                                                   "view",
                                                   "percent_density",
                                                   "percent_low",
                                                   "percent_high",
                                                   "dense_area_cm2",
                                                   "breast_area_cm2",
                                                   "category",
                                                   "p_a",
                                                   "p_b",
                                                   "p_c",
                                                   "p_d",
                                                   "flags",
                                                   "status",
                                                   "error",
                                                   "model",
                                                   "seconds",
                                                   "percent_spread",
                                                   "percent_regression",
                                                   "percent_uncalibrated",
                                                   "category_range",
                                                   "ood_score",
                                                   "percent_strands"};
  return columns;
}

std::string ResultsCsv(const std::vector<Result>& results) {
  std::string text = CsvLine(ResultColumns());
  for (const Result& r : results) text += ResultCsvLine(r);
  return text;
}

std::string ResultCsvLine(const Result& r) {
  const auto probability = [&](std::size_t i) {
    return r.category ? ProbabilityText(r.probabilities[i]) : std::string();
  };
  return CsvLine({CsvText(r.metadata.path),
                  CsvText(r.metadata.study_uid),
                  CsvText(r.metadata.sop_uid),
                  LateralityName(r.metadata.laterality),
                  ViewName(r.metadata.view),
                  PercentText(r.percent_density),
                  PercentText(r.percent_low),
                  PercentText(r.percent_high),
                  AreaText(r.dense_area_cm2),
                  AreaText(r.breast_area_cm2),
                  ToLetter(r.category),
                  probability(0),
                  probability(1),
                  probability(2),
                  probability(3),
                  fmt::format("{}", fmt::join(r.flags, ";")),
                  r.ok() ? "ok" : "error",
                  ToDisplayText(r.error),
                  CsvText(r.model),
                  fmt::format("{:.3f}", r.seconds),
                  Fixed(r.percent_spread, 2),
                  Fixed(r.percent_regression, 1),
                  Fixed(r.percent_uncalibrated, 1),
                  r.category_range ? ToText(*r.category_range) : "",
                  Fixed(r.ood_score, 2),
                  PercentText(r.percent_strands)});
}

nlohmann::json ResultToJson(const Result& r) {
  nlohmann::json row = {
      {"path", EscapeText(r.metadata.path)},
      {"study_uid", OrNull(r.metadata.study_uid)},
      {"sop_uid", OrNull(r.metadata.sop_uid)},
      {"laterality", OrNull(std::string(LateralityName(r.metadata.laterality)))},
      {"view", OrNull(std::string(ViewName(r.metadata.view)))},
      {"percent_density", OrNull(r.percent_density)},
      {"percent_low", OrNull(r.percent_low)},
      {"percent_high", OrNull(r.percent_high)},
      {"percent_spread", OrNull(r.percent_spread)},
      {"percent_regression", OrNull(r.percent_regression)},
      {"percent_uncalibrated", OrNull(r.percent_uncalibrated)},
      {"percent_strands", OrNull(r.percent_strands)},
      {"ood_score", OrNull(r.ood_score)},
      {"dense_area_cm2", OrNull(r.dense_area_cm2)},
      {"breast_area_cm2", OrNull(r.breast_area_cm2)},
      {"category", OrNull(ToLetter(r.category))},
      {"category_range", OrNull(r.category_range ? ToText(*r.category_range) : std::string())},
      {"probabilities", nullptr},
      {"flags", r.flags},
      {"status", r.ok() ? "ok" : "error"},
      {"error", r.ok() ? nlohmann::json() : nlohmann::json(ToDisplayText(r.error))},
      {"rows", r.size.height},
      {"columns", r.size.width},
      {"manufacturer", OrNull(r.metadata.manufacturer)},
      {"modality", OrNull(r.metadata.modality)},
      {"row_spacing_mm", OrNull(r.metadata.row_spacing_mm)},
      {"column_spacing_mm", OrNull(r.metadata.column_spacing_mm)},
      {"patient_id", OrNull(r.metadata.patient_id)},
      {"study_date", OrNull(r.metadata.study_date)},
      {"seconds", r.seconds}};
  if (r.category) {
    row["probabilities"] = {{"a", r.probabilities[0]},
                            {"b", r.probabilities[1]},
                            {"c", r.probabilities[2]},
                            {"d", r.probabilities[3]}};
  }
  if (!r.left_out.empty()) row["left_out"] = r.left_out;  // in journals alone
  return row;
}

Result ResultFromJson(const nlohmann::json& row) {
  try {
    return ReadRow(row);
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kCorrupt, std::string("has a row that cannot be read: ") + e.what());
  }
}

nlohmann::json ModelSummary(const ModelCard& card, const Calibration& calibration) {
  nlohmann::json summary = {
      {"name", card.name}, {"version", card.version}, {"calibrated", !calibration.empty()}};
  if (!calibration.empty()) summary["calibration"] = calibration.name;
  return summary;
}

std::string ReadModelName(const nlohmann::json& summary) {
  try {
    const std::string name =
        summary.at("name").get<std::string>() + " " + summary.at("version").get<std::string>();
    return summary.value("calibrated", false)
               ? MakeCalibratedName(name, summary.value("calibration", ""))
               : name;
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kCorrupt, std::string("does not name its model: ") + e.what());
  }
}

std::string ResultsJson(const std::vector<Result>& results, const std::vector<StudyResult>& studies,
                        const nlohmann::json& model, const LeftOutFiles& left_out) {
  std::string text = ResultsJsonStart(model);
  bool first = true;
  for (const auto& result : results) text += ResultJsonLine(result, std::exchange(first, false));
  text += ResultsJsonMiddle();
  first = true;
  for (const auto& study : studies) text += StudyJsonLine(study, std::exchange(first, false));
  return text + ResultsJsonEnd(left_out);
}

std::string ResultsJsonStart(const nlohmann::json& model) {
  return std::string("{\"schema\": \"") + kResultsSchema +
         "\",\n \"notice\": \"Research tool, not a medical "
         "device.\",\n"
         " \"version\": " +
         Text(Version()) + ",\n \"model\": " + Text(model) + ",\n \"results\": [";
}

std::string ResultJsonLine(const Result& result, bool first) {
  return LineBegin(first) + Text(ResultToJson(result));
}

std::string ResultsJsonMiddle() { return "],\n \"studies\": ["; }

std::string StudyJsonLine(const StudyResult& study, bool first) {
  return LineBegin(first) + Text(StudyToJson(study));
}

std::string ResultsJsonEnd(const LeftOutFiles& left_out) {
  return "],\n \"left_out\": " + Text(left_out.ToJson()) + "}\n";
}

}  // namespace mhcnn
