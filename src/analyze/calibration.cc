#include "analyze/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/file.h"

namespace mhcnn {
namespace {

constexpr const char* kSchema = "mhcnn-calibration/1";
constexpr double kLeastSpread = 0.5;  // points: no error is expected to be less

/// Spreads the percents of fatty breasts, where categories differ by a few points.
double PercentFeature(double percent) { return std::sqrt(percent) / 5; }

Measurement MeasurementOf(const std::optional<double>& masks, const std::optional<double>& head,
                          const std::array<double, 4>* probabilities) {
  Measurement measured;
  measured.percent = masks ? masks : head;
  if (masks && head) measured.heads_apart = std::abs(*masks - *head);
  if (probabilities) {
    double expected = 0;
    for (std::size_t c = 0; c < 4; ++c) expected += static_cast<double>(c) * (*probabilities)[c];
    measured.expected_category = expected;
  }
  return measured;
}

[[noreturn]] void Fail(const std::string& problem) {
  throw Error(ErrorCode::kCorrupt, "has a calibration " + problem, "",
              "make it again with mhcnn calibrate");
}

double FiniteAt(const nlohmann::json& json, const char* key) {
  const double value = json.at(key).get<double>();
  if (!std::isfinite(value)) Fail(fmt::format("whose '{}' is not a number", key));
  return value;
}

double CoverageAt(const nlohmann::json& json) {
  const double coverage = FiniteAt(json, "coverage");
  if (!(coverage > 0 && coverage < 1)) Fail("whose coverage is not between 0 and 1");
  return coverage;
}

PercentInterval IntervalFromJson(const nlohmann::json& json) {
  PercentInterval interval;
  interval.coverage = CoverageAt(json);
  json.at("spread").get_to(interval.spread);
  if (interval.spread.size() != 3) Fail("whose spread has not three parts");
  for (const auto& group : json.at("groups")) {
    interval.groups.push_back({FiniteAt(group, "below"), FiniteAt(group, "quantile"),
                               group.at("cases").get<std::size_t>()});
    if (interval.groups.back().quantile < 0) Fail("with a quantile below 0");
  }
  if (interval.groups.empty() || interval.groups.back().below <= 100)
    Fail("whose groups do not reach 100 percent");
  return interval;
}

CategoryRule CategoryFromJson(const nlohmann::json& json) {
  CategoryRule rule;
  json.at("of_percent").get_to(rule.of_percent);
  json.at("of_head").get_to(rule.of_head);
  json.at("cuts").get_to(rule.odds.cuts);
  json.at("slopes").get_to(rule.odds.slopes);
  rule.coverage = CoverageAt(json);
  rule.quantile = FiniteAt(json, "quantile");
  if (rule.odds.cuts.size() != 3 || !std::is_sorted(rule.odds.cuts.begin(), rule.odds.cuts.end()))
    Fail("whose cuts are not three ascending numbers");
  if (rule.odds.slopes.size() !=
      static_cast<std::size_t>(rule.of_percent) + static_cast<std::size_t>(rule.of_head))
    Fail("whose slopes do not fit what it goes by");
  return rule;
}

}  // namespace

Measurement MeasurementOf(const Result& r) {
  return MeasurementOf(r.percent_density, r.percent_regression,
                       r.category ? &r.probabilities : nullptr);
}

Measurement MeasurementOf(const EvaluatedCase& c) {
  return MeasurementOf(c.percent, c.regression, c.probabilities ? &*c.probabilities : nullptr);
}

double PercentScale::Apply(double percent) const {
  return std::clamp(intercept + slope * percent, 0.0, 100.0);
}

double PercentInterval::Spread(double scaled, double heads_apart) const {
  return std::max(kLeastSpread, spread[0] + spread[1] * heads_apart / 10 +
                                    spread[2] * scaled * (100 - scaled) / 2500);
}

PercentInterval::Ends PercentInterval::Of(double scaled, double heads_apart) const {
  const auto group =
      std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return scaled < g.below; });
  const double half = group->quantile * Spread(scaled, heads_apart);
  return {std::max(0.0, scaled - half), std::min(100.0, scaled + half)};
}

std::optional<std::vector<double>> CategoryRule::Features(const Measurement& measured) const {
  std::vector<double> features;
  if (of_percent) {
    if (!measured.percent) return std::nullopt;
    features.push_back(PercentFeature(*measured.percent));
  }
  if (of_head) {
    if (!measured.expected_category) return std::nullopt;
    features.push_back(*measured.expected_category - 1.5);
  }
  return features;
}

std::vector<double> CategoryRule::CutPoints() const {
  if (!of_percent || of_head || odds.slopes[0] <= 0) return {};
  std::vector<double> points;
  for (const double cut : odds.cuts) {
    const double root = std::max(0.0, 5 * cut / odds.slopes[0]);
    points.push_back(std::min(100.0, root * root));
  }
  return points;
}

void Calibration::ApplyTo(Result& result) const {
  const Measurement measured = MeasurementOf(result);
  if (category) {
    if (const auto features = category->Features(measured)) {
      const auto probabilities = category->odds.Predict(*features);
      std::copy_n(probabilities.begin(), 4, result.probabilities.begin());
      result.category = MedianCategory(probabilities);
      result.category_range = RangeAt(probabilities, category->quantile);
    }
  }
  if (!measured.percent) return;
  double percent = *measured.percent;
  if (scale) {
    percent = scale->Apply(percent);
    result.percent_uncalibrated = measured.percent;
    (result.percent_density ? result.percent_density : result.percent_regression) = percent;
  }
  if (interval) {
    const auto ends = interval->Of(percent, measured.heads_apart);
    result.percent_low = ends.low;
    result.percent_high = ends.high;
  }
}

std::string RangeText(const CategoryRange& range) {
  const std::string letters = "abcd";
  const auto low = static_cast<std::size_t>(range.low), high = static_cast<std::size_t>(range.high);
  return low == high ? letters.substr(low, 1)
                     : letters.substr(low, 1) + "-" + letters.substr(high, 1);
}

std::string NameWith(const std::string& model, const Calibration& calibration) {
  if (calibration.empty()) return model;
  return model + ", calibrated" + (calibration.name.empty() ? "" : ": " + calibration.name);
}

nlohmann::json CalibrationToJson(const Calibration& calibration) {
  if (calibration.empty()) return nlohmann::json::object();
  nlohmann::json json = {
      {"schema", kSchema}, {"name", calibration.name}, {"sample", calibration.sample}};
  if (const auto& s = calibration.scale)
    json["percent_scale"] = {{"intercept", s->intercept}, {"slope", s->slope}};
  if (const auto& i = calibration.interval) {
    nlohmann::json groups = nlohmann::json::array();
    for (const auto& group : i->groups) {
      groups.push_back(
          {{"below", group.below}, {"quantile", group.quantile}, {"cases", group.cases}});
    }
    json["percent_interval"] = {
        {"coverage", i->coverage}, {"spread", i->spread}, {"groups", groups}};
  }
  if (const auto& c = calibration.category) {
    json["category"] = {{"of_percent", c->of_percent}, {"of_head", c->of_head},
                        {"cuts", c->odds.cuts},        {"slopes", c->odds.slopes},
                        {"coverage", c->coverage},     {"quantile", c->quantile}};
    if (const auto points = c->CutPoints(); !points.empty())
      json["category"]["percent_cut_points"] = points;  // for people; read from the cuts
  }
  return json;
}

Calibration CalibrationFromJson(const nlohmann::json& json) {
  Calibration calibration;
  try {
    if (json.is_object() && json.empty()) return calibration;
    if (const auto schema = json.at("schema").get<std::string>(); schema != kSchema)
      Fail("of the schema '" + schema + "'");
    json.at("name").get_to(calibration.name);
    calibration.sample = json.at("sample");
    if (const auto part = json.find("percent_scale"); part != json.end()) {
      calibration.scale = {FiniteAt(*part, "intercept"), FiniteAt(*part, "slope")};
      if (calibration.scale->slope <= 0) Fail("whose percent scale does not ascend");
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
  const auto json = nlohmann::json::parse(ReadTextFile(path), nullptr, false);
  try {
    if (json.is_discarded() || !json.is_object() || json.empty()) Fail("that is no JSON object");
    return CalibrationFromJson(json);
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

}  // namespace mhcnn
