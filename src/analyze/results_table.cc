#include "analyze/results_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/csv.h"

namespace mhcnn {
namespace {

std::string Fixed(const std::optional<double>& value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "";
}

std::string CategoryLetter(const Result& result) {
  return result.category ? std::string(1, static_cast<char>('a' + *result.category)) : "";
}

template <typename T>
nlohmann::json OrNull(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json OrNull(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
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
                                                   "seconds"};
  return columns;
}

std::string ResultsCsv(const std::vector<Result>& results) {
  std::string text = CsvLine(ResultColumns());
  for (const Result& r : results) {
    const auto probability = [&](std::size_t i) {
      return r.category ? fmt::format("{:.4f}", r.probabilities[i]) : std::string();
    };
    text += CsvLine({r.facts.path,
                     r.facts.study_uid,
                     r.facts.sop_uid,
                     LateralityName(r.facts.laterality),
                     ViewName(r.facts.view),
                     Fixed(r.percent_density, 1),
                     Fixed(r.percent_low, 1),
                     Fixed(r.percent_high, 1),
                     Fixed(r.dense_area_cm2, 2),
                     Fixed(r.breast_area_cm2, 2),
                     CategoryLetter(r),
                     probability(0),
                     probability(1),
                     probability(2),
                     probability(3),
                     fmt::format("{}", fmt::join(r.flags, ";")),
                     r.ok() ? "ok" : "error",
                     r.error,
                     r.model,
                     fmt::format("{:.3f}", r.seconds)});
  }
  return text;
}

nlohmann::json ResultsJson(const std::vector<Result>& results, const ModelCard& card) {
  nlohmann::json rows = nlohmann::json::array();
  for (const Result& r : results) {
    nlohmann::json row = {{"path", r.facts.path},
                          {"study_uid", OrNull(r.facts.study_uid)},
                          {"sop_uid", OrNull(r.facts.sop_uid)},
                          {"laterality", OrNull(std::string(LateralityName(r.facts.laterality)))},
                          {"view", OrNull(std::string(ViewName(r.facts.view)))},
                          {"percent_density", OrNull(r.percent_density)},
                          {"percent_low", OrNull(r.percent_low)},
                          {"percent_high", OrNull(r.percent_high)},
                          {"percent_regression", OrNull(r.percent_regression)},
                          {"dense_area_cm2", OrNull(r.dense_area_cm2)},
                          {"breast_area_cm2", OrNull(r.breast_area_cm2)},
                          {"category", OrNull(CategoryLetter(r))},
                          {"probabilities", nullptr},
                          {"flags", r.flags},
                          {"status", r.ok() ? "ok" : "error"},
                          {"error", OrNull(r.error)},
                          {"rows", r.size.height},
                          {"columns", r.size.width},
                          {"manufacturer", OrNull(r.facts.manufacturer)},
                          {"modality", OrNull(r.facts.modality)},
                          {"row_spacing_mm", OrNull(r.facts.row_spacing_mm)},
                          {"column_spacing_mm", OrNull(r.facts.column_spacing_mm)},
                          {"seconds", r.seconds}};
    if (r.category) {
      row["probabilities"] = {{"a", r.probabilities[0]},
                              {"b", r.probabilities[1]},
                              {"c", r.probabilities[2]},
                              {"d", r.probabilities[3]}};
    }
    rows.push_back(std::move(row));
  }
  return {
      {"schema", "mhcnn-results/1"},
      {"notice", "Research tool, not a medical device."},
      {"version", MHCNN_VERSION},
      {"model",
       {{"name", card.name}, {"version", card.version}, {"calibrated", !card.calibration.empty()}}},
      {"results", std::move(rows)}};
}

}  // namespace mhcnn
