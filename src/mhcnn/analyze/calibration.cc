#include "mhcnn/analyze/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"

namespace mhcnn {
namespace {

/// The second has `dense_probability`, which a reader of the first alone would pass over.
constexpr const char *kSchema = "mhcnn-calibration/1", *kSchema2 = "mhcnn-calibration/2";

[[noreturn]] void Fail(const std::string& problem) {
  throw Error(ErrorCode::kCorrupt, "has a calibration " + problem, "",
              "make it again with mhcnn calibrate");
}

/// No number of a calibration is anywhere near it; larger ones would give infinities.
constexpr double kLargest = 1e6;

double Number(const nlohmann::json& json, const std::string& what) {
  const double value = json.get<double>();
  if (!(std::abs(value) <= kLargest)) Fail("whose " + what + " is out of range");
  return value;
}
double FiniteAt(const nlohmann::json& json, const char* key) { return Number(json.at(key), key); }

std::vector<double> NumbersAt(const nlohmann::json& json, const char* key) {
  std::vector<double> numbers;
  for (const auto& number : json.at(key)) numbers.push_back(Number(number, key));
  return numbers;
}

double CoverageAt(const nlohmann::json& json) {
  const double coverage = FiniteAt(json, "coverage");
  if (!(coverage > 0 && coverage < 1)) Fail("whose coverage is not between 0 and 1");
  return coverage;
}

PercentInterval IntervalFromJson(const nlohmann::json& json) {
  PercentInterval interval;
  interval.coverage = CoverageAt(json);
  interval.error_scale = NumbersAt(json, "spread");
  if (interval.error_scale.size() != 3 ||
      *std::min_element(interval.error_scale.begin(), interval.error_scale.end()) < 0)
    Fail("with a spread that is not three numbers of 0 or more");
  double reached = 0;
  for (const auto& group : json.at("groups")) {
    if (!group.at("cases").is_number_unsigned())
      Fail("with a number of cases that is not a number");
    interval.groups.push_back({FiniteAt(group, "below"), FiniteAt(group, "quantile"),
                               group.at("cases").get<std::size_t>()});
    if (interval.groups.back().quantile < 0) Fail("with a quantile below 0");
    if (interval.groups.back().below <= reached)
      Fail("with groups that are not in ascending order");
    reached = interval.groups.back().below;
  }
  if (interval.groups.empty() || interval.groups.back().below <= 100)
    Fail("whose groups do not reach 100 percent");
  return interval;
}

CategoryRule CategoryFromJson(const nlohmann::json& json) {
  CategoryRule rule;
  json.at("of_percent").get_to(rule.of_percent);
  json.at("of_head").get_to(rule.of_head);
  rule.of_both = json.value("of_both", false);
  rule.odds.cuts = NumbersAt(json, "cuts");
  rule.odds.slopes = NumbersAt(json, "slopes");
  rule.coverage = CoverageAt(json);
  rule.quantile = FiniteAt(json, "quantile");
  if (rule.odds.cuts.size() != 3 || !std::is_sorted(rule.odds.cuts.begin(), rule.odds.cuts.end()))
    Fail("whose cuts are not three ascending numbers");
  if (rule.odds.slopes.empty() ||
      rule.odds.slopes.size() !=
          static_cast<std::size_t>(rule.of_percent) + static_cast<std::size_t>(rule.of_head))
    Fail("with a wrong number of slopes");
  if (std::ranges::all_of(rule.odds.slopes, [](double slope) { return slope <= 0; }))
    Fail("without a slope above 0");
  return rule;
}

}  // namespace

void Calibration::CompleteFrom(const Calibration& own) {
  if (empty()) return;
  if (!scale && !dense_probability && !interval) {
    scale = own.scale;
    dense_probability = own.dense_probability;
    interval = own.interval;
  }
  if (!category) category = own.category;
}

void Calibration::ApplyTo(Result& result) const {
  const Measurement measured = ToMeasurement(result.model_percent(), result.percent_regression,
                                             result.category ? &result.probabilities : nullptr);
  if (category) category->Decide(measured, result);
  if (!measured.percent) return;
  double percent = *measured.percent;
  if (dense_probability && result.percent_density) percent = *result.percent_density;
  if (scale) {
    percent = scale->Apply(percent);
    result.percent_uncalibrated = measured.percent;
    (result.percent_density ? result.percent_density : result.percent_regression) = percent;
  }
  if (interval) {
    const auto ends = interval->ComputeEnds(percent, measured.head_disagreement);
    result.percent_low = ends.low;
    result.percent_high = ends.high;
  }
}

std::string MakeCalibratedName(const std::string& model, const std::string& site) {
  return model + ", calibrated" + (site.empty() ? "" : ": " + site);
}

nlohmann::json CalibrationToJson(const Calibration& calibration) {
  if (calibration.empty()) return nlohmann::json::object();
  nlohmann::json json = {{"schema", calibration.dense_probability ? kSchema2 : kSchema},
                         {"name", calibration.name},
                         {"model_fingerprint", calibration.model},
                         {"sample", calibration.sample}};
  if (const auto& s = calibration.scale)
    json["percent_scale"] = {{"intercept", s->intercept}, {"slope", s->slope}};
  if (calibration.dense_probability) json["dense_probability"] = *calibration.dense_probability;
  if (const auto& i = calibration.interval) {
    nlohmann::json groups = nlohmann::json::array();
    for (const auto& group : i->groups) {
      groups.push_back(
          {{"below", group.below}, {"quantile", group.quantile}, {"cases", group.cases}});
    }
    json["percent_interval"] = {
        {"coverage", i->coverage}, {"spread", i->error_scale}, {"groups", groups}};
  }
  if (const auto& c = calibration.category) {
    json["category"] = {{"of_percent", c->of_percent}, {"of_head", c->of_head},
                        {"of_both", c->of_both},       {"cuts", c->odds.cuts},
                        {"slopes", c->odds.slopes},    {"coverage", c->coverage},
                        {"quantile", c->quantile}};
    if (const auto points = c->CutPoints(calibration.scale); !points.empty())
      json["category"]["percent_cut_points"] = points;  // for people; read from the cuts
  }
  return json;
}

Calibration CalibrationFromJson(const nlohmann::json& json) {
  Calibration calibration;
  try {
    if (json.is_object() && json.empty()) return calibration;
    if (const auto schema = json.at("schema").get<std::string>();
        schema != kSchema && schema != kSchema2)
      Fail("of the schema '" + schema + "'");
    json.at("name").get_to(calibration.name);
    json.at("model_fingerprint").get_to(calibration.model);
    calibration.sample = json.at("sample");
    if (const auto part = json.find("percent_scale"); part != json.end()) {
      calibration.scale = {FiniteAt(*part, "intercept"), FiniteAt(*part, "slope")};
      if (calibration.scale->slope <= 0) Fail("with a percent scale that does not rise");
    }
    if (json.contains("dense_probability")) {
      const double threshold = FiniteAt(json, "dense_probability");
      if (!(threshold > 0 && threshold < 1)) Fail("whose dense_probability is not between 0 and 1");
      if (calibration.scale) Fail("with both a percent scale and a dense_probability");
      calibration.dense_probability = threshold;
    }
    if (const auto part = json.find("percent_interval"); part != json.end())
      calibration.interval = IntervalFromJson(*part);
    if (const auto part = json.find("category"); part != json.end())
      calibration.category = CategoryFromJson(*part);
  } catch (const nlohmann::json::exception& e) {
    Fail(std::string("that cannot be read: ") + e.what());
  }
  return calibration;
}

Calibration ReadCalibration(const std::filesystem::path& path) {
  try {
    const auto json = ParseJson(ReadTextFile(path));
    if (!json.is_object() || json.empty()) Fail("that is not a JSON object");
    return CalibrationFromJson(json);
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

}  // namespace mhcnn
