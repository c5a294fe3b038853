#include "mhcnn/evaluate/evaluated_case.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace {

using nlohmann::json;

template <typename T>
json OrNull(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

json OrNull(const Statistic& statistic) { return OrNull(statistic.value); }

json Letter(const std::optional<DensityCategory>& category) {
  return category ? json(ToLetter(*category)) : json();
}

json ScoreToJson(const MaskScore& score) {
  return {{"tp", score.counts.true_positive},
          {"fp", score.counts.false_positive},
          {"fn", score.counts.false_negative},
          {"tn", score.counts.true_negative},
          {"dice", OrNull(Dice(score.counts))},
          {"iou", OrNull(IntersectionOverUnion(score.counts))},
          {"hausdorff95", OrNull(score.hausdorff95)},
          {"surface_dice", OrNull(score.surface_dice)}};
}

/// Reads the fields of one object, each within its range.
class Fields {
 public:
  explicit Fields(const json& object) : object_(object) {
    if (!object.is_object()) throw Error(ErrorCode::kCorrupt, "is not an object");
  }

  const json& At(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) Fail(key, "is missing");
    return *found;
  }

  std::string Text(const char* key) const {
    const json& value = At(key);
    if (!value.is_string()) Fail(key, "is not a text");
    return value.get<std::string>();
  }

  std::optional<double> Number(const char* key, double low, double high) const {
    const json& value = At(key);
    if (value.is_null()) return std::nullopt;
    if (!value.is_number()) Fail(key, "is not a number");
    const auto number = value.get<double>();
    if (!(number >= low && number <= high)) Fail(key, "is out of range");
    return number;
  }

  /// Older evaluations lack the field.
  std::string TextIfThere(const char* key) const {
    return object_.contains(key) ? Text(key) : std::string();
  }

  /// Older evaluations lack the field.
  std::vector<std::string> WordsIfThere(const char* key) const {
    std::vector<std::string> words;
    if (!object_.contains(key)) return words;
    if (!At(key).is_array()) Fail(key, "is not a list");
    for (const json& word : At(key)) {
      if (!word.is_string()) Fail(key, "contains a value that is not a text");
      words.push_back(word.get<std::string>());
    }
    return words;
  }

  std::int64_t Count(const char* key) const {
    const json& value = At(key);
    if (!value.is_number_integer() || value.get<std::int64_t>() < 0) Fail(key, "is not a count");
    return value.get<std::int64_t>();
  }

  std::optional<DensityCategory> Category(const char* key) const {
    if (At(key).is_null()) return std::nullopt;
    const auto category = CategoryFromLetter(Text(key));
    if (!category) Fail(key, "is not a, b, c or d");
    return category;
  }

  /// Evaluations of before 0.3.0 lack the field.
  std::optional<CategoryRange> Range(const char* key) const {
    if (!object_.contains(key) || At(key).is_null()) return std::nullopt;
    const auto range = CategoryRangeFromText(Text(key));
    if (!range) Fail(key, "is not a range of categories such as b-c");
    return range;
  }

  [[noreturn]] static void Fail(const char* key, const char* problem) {
    throw Error(ErrorCode::kCorrupt, "field '" + std::string(key) + "' " + problem);
  }

 private:
  const json& object_;
};

constexpr double kLarge = 1e9;  // pixels or mm

MaskScore ScoreFromJson(const json& object) {
  const Fields fields(object);
  MaskScore score;
  score.counts = {fields.Count("tp"), fields.Count("fp"), fields.Count("fn"), fields.Count("tn")};
  score.hausdorff95 = fields.Number("hausdorff95", 0, kLarge);
  score.surface_dice = fields.Number("surface_dice", 0, 1);
  return score;
}

std::optional<std::array<double, 4>> ProbabilitiesFrom(const json& list) {
  if (list.is_null()) return std::nullopt;
  if (!list.is_array() || list.size() != 4)
    Fields::Fail("probabilities", "is not a list of 4 numbers");
  std::array<double, 4> probabilities{};
  for (std::size_t i = 0; i < 4; ++i) {
    if (!list[i].is_number())
      Fields::Fail("probabilities", "contains a value that is not a number");
    probabilities[i] = list[i].get<double>();
  }
  return probabilities;
}

/// Evaluations of before 0.3.0 lack the field.
std::optional<PercentByThreshold> PercentDensitiesFrom(const json& list) {
  constexpr const char* kKey = "percents_by_threshold";
  if (list.is_null()) return std::nullopt;
  PercentByThreshold percent_densities{};
  if (!list.is_array() || list.size() != percent_densities.size())
    Fields::Fail(kKey, "does not have a percent for each threshold");
  for (std::size_t i = 0; i < percent_densities.size(); ++i) {
    if (!list[i].is_number()) Fields::Fail(kKey, "contains a value that is not a number");
    percent_densities[i] = list[i].get<double>();
    if (!(percent_densities[i] >= 0 && percent_densities[i] <= 100))
      Fields::Fail(kKey, "is out of range");
  }
  return percent_densities;
}

}  // namespace

const char* TissueName(Tissue tissue) {
  constexpr std::array names = {"breast", "dense", "adipose", "pectoral"};
  return names[static_cast<std::size_t>(tissue)];
}

Statistic EvaluatedCase::dice(Tissue tissue) const {
  const auto& mask = score(tissue);
  return mask ? Dice(mask->counts) : Undefined("not scored");
}

json CaseToJson(const EvaluatedCase& c) {
  json masks = json::object();
  for (const Tissue tissue : kTissues) {
    const auto& score = c.score(tissue);
    masks[TissueName(tissue)] = score ? ScoreToJson(*score) : json();
  }
  return {{"path", EscapeText(c.path)},
          {"patient", EscapeText(c.patient_id)},
          {"study", EscapeText(c.study)},
          {"method", c.method},
          {"error", ToDisplayText(c.error)},
          {"laterality", LateralityName(c.laterality)},
          {"view", ViewName(c.view)},
          {"flags", c.flags},
          {"vendor", c.vendor},
          {"age_years", OrNull(c.age_years)},
          {"distance_unit", c.in_mm ? "mm" : "pixels"},
          {"masks", std::move(masks)},
          {"tissue_dice", OrNull(c.tissue_dice)},
          {"true_percent", OrNull(c.true_percent)},
          {"percent_of_true_masks", OrNull(c.percent_of_true_masks)},
          {"percent", OrNull(c.percent)},
          {"percents_by_threshold", OrNull(c.percents_by_threshold)},
          {"percent_regression", OrNull(c.regression)},
          {"otsu_dice", OrNull(c.otsu_dice)},
          {"otsu_percent", OrNull(c.otsu_percent)},
          {"true_category", Letter(c.true_category)},
          {"category", Letter(c.category)},
          {"probabilities", OrNull(c.probabilities)},
          {"category_range", c.category_range ? json(ToText(*c.category_range)) : json()}};
}

EvaluatedCase CaseFromJson(const json& object) {
  const Fields fields(object);
  EvaluatedCase c;
  c.path = UnescapeText(fields.Text("path"));
  c.patient_id = UnescapeText(fields.Text("patient"));
  c.study = UnescapeText(fields.TextIfThere("study"));
  c.method = fields.Text("method");
  c.error = fields.Text("error");
  for (const auto side : {Laterality::kLeft, Laterality::kRight}) {
    if (fields.Text("laterality") == LateralityName(side)) c.laterality = side;
  }
  for (const auto view : {View::kCC, View::kMLO, View::kOther}) {
    if (fields.Text("view") == ViewName(view)) c.view = view;
  }
  c.flags = fields.WordsIfThere("flags");
  c.vendor = fields.Text("vendor");
  if (const auto age = fields.Number("age_years", 0, 200)) {
    c.age_years = static_cast<int>(std::lround(*age));
  }
  c.in_mm = fields.Text("distance_unit") == "mm";
  const Fields masks(fields.At("masks"));
  for (const Tissue tissue : kTissues) {
    const json& score = masks.At(TissueName(tissue));
    if (!score.is_null()) c.score(tissue) = ScoreFromJson(score);
  }
  c.tissue_dice = fields.Number("tissue_dice", 0, 1);
  c.true_percent = fields.Number("true_percent", 0, 100);
  if (object.contains("percent_of_true_masks"))  // since 0.3.0
    c.percent_of_true_masks = fields.Number("percent_of_true_masks", 0, 100);
  c.percent = fields.Number("percent", 0, 100);
  if (object.contains("percents_by_threshold"))
    c.percents_by_threshold = PercentDensitiesFrom(object.at("percents_by_threshold"));
  c.regression = fields.Number("percent_regression", -kLarge, kLarge);
  c.otsu_dice = fields.Number("otsu_dice", 0, 1);
  c.otsu_percent = fields.Number("otsu_percent", 0, 100);
  c.true_category = fields.Category("true_category");
  c.category = fields.Category("category");
  c.probabilities = ProbabilitiesFrom(fields.At("probabilities"));
  c.category_range = fields.Range("category_range");
  return c;
}

void CheckUniqueImages(const std::vector<EvaluatedCase>& cases) {
  std::set<std::string> seen;
  for (const auto& c : cases) {
    if (!seen.insert(c.path).second) {
      throw Error(ErrorCode::kUsage, "the image occurs twice", c.path,
                  "give each image once; of several readers choose one or their consensus "
                  "(evaluate --reader)");
    }
  }
}

}  // namespace mhcnn
