#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/text.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/results/number_text.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {
namespace {

nlohmann::json OrNull(const std::optional<DensityCategory>& category) {
  return category ? nlohmann::json(ToLetter(category)) : nlohmann::json();
}

/// "L-CC;L-MLO;R-CC"; a view of unknown side is "?-MLO".
std::string Views(const StudyResult& study) {
  std::vector<std::string> views;
  for (const auto& [side, breast] :
       {std::pair{"L", &study.left}, {"R", &study.right}, {"?", &study.unknown_side}}) {
    if (!*breast) continue;
    for (const auto& view : (*breast)->views) views.push_back(std::string(side) + "-" + view);
  }
  return fmt::format("{}", fmt::join(views, ";"));
}

nlohmann::json BreastJson(const std::optional<BreastResult>& breast) {
  if (!breast) return nullptr;
  const auto number = [](const std::optional<double>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
  };
  return {{"views", breast->views},
          {"percent_density", number(breast->percent_density)},
          {"percent_low", number(breast->percent_low)},
          {"percent_high", number(breast->percent_high)},
          {"percent_strands", number(breast->percent_strands)},
          {"dense_area_cm2", number(breast->dense_area_cm2)},
          {"breast_area_cm2", number(breast->breast_area_cm2)},
          {"category", OrNull(breast->category)},
          {"probabilities",
           breast->category ? nlohmann::json(breast->probabilities) : nlohmann::json()}};
}

}  // namespace

const std::vector<std::string>& StudyColumns() {
  static const std::vector<std::string> columns = {"study",
                                                   "patient_id",
                                                   "images",
                                                   "used",
                                                   "failed",
                                                   "views",
                                                   "missing",
                                                   "percent_density",
                                                   "percent_low",
                                                   "percent_high",
                                                   "percent_left",
                                                   "percent_right",
                                                   "dense_left_cm2",
                                                   "dense_right_cm2",
                                                   "breast_left_cm2",
                                                   "breast_right_cm2",
                                                   "category",
                                                   "category_left",
                                                   "category_right",
                                                   "p_a",
                                                   "p_b",
                                                   "p_c",
                                                   "p_d",
                                                   "left_right",
                                                   "view_difference",
                                                   "flags",
                                                   "status",
                                                   "error",
                                                   "model",
                                                   "objects",
                                                   "objects_error",
                                                   "percent_strands"};
  return columns;
}

std::string StudiesCsv(const std::vector<StudyResult>& studies) {
  std::string text = CsvLine(StudyColumns());
  for (const auto& s : studies) text += StudyCsvLine(s);
  return text;
}

std::string StudyCsvLine(const StudyResult& s) {
  const auto of = [](const std::optional<BreastResult>& breast, auto field) {
    return breast ? (*breast).*field : std::optional<double>();
  };
  const auto letter = [](const std::optional<BreastResult>& breast) {
    return breast ? ToLetter(breast->category) : std::string();
  };
  const auto probability = [&](std::size_t i) {
    return s.category ? ProbabilityText(s.probabilities[i]) : std::string();
  };
  return CsvLine({CsvText(s.study),
                  CsvText(s.patient_id),
                  std::to_string(s.images),
                  std::to_string(s.used),
                  std::to_string(s.failed),
                  Views(s),
                  fmt::format("{}", fmt::join(s.missing, ";")),
                  PercentText(s.percent_density),
                  PercentText(s.percent_low),
                  PercentText(s.percent_high),
                  PercentText(of(s.left, &BreastResult::percent_density)),
                  PercentText(of(s.right, &BreastResult::percent_density)),
                  AreaText(of(s.left, &BreastResult::dense_area_cm2)),
                  AreaText(of(s.right, &BreastResult::dense_area_cm2)),
                  AreaText(of(s.left, &BreastResult::breast_area_cm2)),
                  AreaText(of(s.right, &BreastResult::breast_area_cm2)),
                  ToLetter(s.category),
                  letter(s.left),
                  letter(s.right),
                  probability(0),
                  probability(1),
                  probability(2),
                  probability(3),
                  PercentText(s.left_right),
                  PercentText(s.view_difference),
                  fmt::format("{}", fmt::join(s.flags, ";")),
                  s.error.empty() ? "ok" : "error",
                  ToDisplayText(s.error),
                  CsvText(s.model),
                  fmt::format("{}", fmt::join(s.objects, ";")),
                  ToDisplayText(s.objects_error),
                  PercentText(s.percent_strands)});
}

nlohmann::json StudyToJson(const StudyResult& s) {
  const auto number = [](const std::optional<double>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
  };
  return {{"study", EscapeText(s.study)},
          {"patient_id", EscapeText(s.patient_id)},
          {"images", s.images},
          {"used", s.used},
          {"failed", s.failed},
          {"missing", s.missing},
          {"left", BreastJson(s.left)},
          {"right", BreastJson(s.right)},
          {"unknown_side", BreastJson(s.unknown_side)},
          {"percent_density", number(s.percent_density)},
          {"percent_low", number(s.percent_low)},
          {"percent_high", number(s.percent_high)},
          {"left_right", number(s.left_right)},
          {"view_difference", number(s.view_difference)},
          {"category", OrNull(s.category)},
          {"flags", s.flags},
          {"status", s.error.empty() ? "ok" : "error"},
          {"error", ToDisplayText(s.error)},
          {"model", ToDisplayText(s.model)},
          {"objects", s.objects},
          {"objects_error", ToDisplayText(s.objects_error)},
          {"percent_strands", number(s.percent_strands)}};
}

}  // namespace mhcnn
