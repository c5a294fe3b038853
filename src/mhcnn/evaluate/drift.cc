#include "mhcnn/evaluate/drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/analyze/calibration.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/text.h"
#include "mhcnn/evaluate/result_sites.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr int kBins = 10;
constexpr const char *kPercent = "percent_density", *kCategory = "category";

using List = std::vector<const Result*>;

/// The percent that the row reports, whichever head gave it.
std::optional<double> GetPercent(const Result& r) {
  return r.percent_density ? r.percent_density : r.percent_regression;
}

std::vector<double> Values(const List& list,
                           const std::function<std::optional<double>(const Result&)>& value) {
  std::vector<double> values;
  for (const Result* r : list) {
    if (!r->ok()) continue;
    if (const auto v = value(*r)) values.push_back(*v);
  }
  return values;
}

/// The median. Of an even number of values it is the lower of the two in the middle, because there
/// is no category between two categories.
double LowerMedian(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

DriftRow NotCompared(const std::string& name, std::string why) {
  DriftRow line;
  line.metric = name;
  line.undefined = std::move(why);
  return line;
}

/// A figure whose distribution is compared; `ends` empty: tenths of the reference.
DriftRow Distribution(const std::string& name, const std::vector<double>& before,
                      const std::vector<double>& after, std::vector<double> ends,
                      const DriftOptions& options) {
  DriftRow line;
  line.metric = name;
  const auto median = name == kCategory ? LowerMedian : Median;
  line.reference = median(before);
  line.now = median(after);
  line.ends = ends.empty() ? QuantileBins(before, kBins) : std::move(ends);
  line.before = CountInBins(before, line.ends);
  line.after = CountInBins(after, line.ends);
  line.stability = PopulationStability(line.before, line.after);
  if (!line.stability.defined()) return NotCompared(name, "all values of the reference are equal");
  const auto test = TestKolmogorovSmirnov(before, after);
  line.p = test.p.value.value_or(1);
  line.changed = *line.stability.value >= options.stability && line.p < options.significance;
  return line;
}

DriftRow CompareFractions(const std::string& name, std::size_t k, std::size_t n, std::size_t l,
                          std::size_t m, const DriftOptions& options) {
  DriftRow line;
  line.metric = name;
  line.reference = n > 0 ? static_cast<double>(k) / static_cast<double>(n) : 0;
  line.now = m > 0 ? static_cast<double>(l) / static_cast<double>(m) : 0;
  line.stability = Undefined("a fraction has no stability index");
  line.p = FractionDifferenceP(k, n, l, m);
  line.changed =
      std::abs(line.now - line.reference) >= options.fraction && line.p < options.significance;
  return line;
}

std::size_t Measured(const List& list) {
  return static_cast<std::size_t>(
      std::ranges::count_if(list, [](const Result* r) { return r->ok(); }));
}

std::size_t Flagged(const List& list, const std::string& flag) {
  return static_cast<std::size_t>(std::ranges::count_if(list, [&](const Result* r) {
    return r->ok() && std::ranges::find(r->flags, flag) != r->flags.end();
  }));
}

/// "45 measured files, 50 needed", of the side with fewer values of a figure; empty where there are
/// enough. Says where measured files lack the figure.
std::string TooFew(const List& before, const List& after, std::size_t values_before,
                   std::size_t values_after, std::size_t needed) {
  const std::size_t fewer = std::min(values_before, values_after);
  if (fewer >= needed) return "";
  const bool lacking = values_before < Measured(before) || values_after < Measured(after);
  const char* side = values_before == values_after  ? ""
                     : values_before < values_after ? " in the reference"
                                                    : " now";
  return fmt::format("{} measured files{}{}, {} needed", fewer, lacking ? " with it" : "", side,
                     needed);
}

DriftGroup CompareDistributions(const std::string& name, const List& before, const List& after,
                                const DriftOptions& options) {
  DriftGroup group{name, before.size(), after.size(), {}, {}};
  if (before.size() < options.min_files || after.size() < options.min_files) {
    group.undefined =
        "fewer than " + std::to_string(options.min_files) + " files in the reference or now";
    return group;
  }
  // A figure that neither side has, as the model does not give it, has no row; the percent has one.
  const auto add = [&](const std::string& figure, const auto& value, std::vector<double> ends) {
    const auto first = Values(before, value), second = Values(after, value);
    if (first.empty() && second.empty() && figure != kPercent) return;
    std::string why = TooFew(before, after, first.size(), second.size(), options.min_files);
    group.lines.push_back(why.empty()
                              ? Distribution(figure, first, second, std::move(ends), options)
                              : NotCompared(figure, std::move(why)));
  };
  group.lines.push_back(CompareFractions("refused", before.size() - Measured(before), before.size(),
                                         after.size() - Measured(after), after.size(), options));
  add(kPercent, GetPercent, {});
  add(kCategory,
      [](const Result& r) {
        return r.category ? std::optional<double>(ToIndex(*r.category)) : std::nullopt;
      },
      {0, 1, 2});
  add("ood_score", [](const Result& r) { return r.ood_score; }, {});
  std::set<std::string> flags;
  for (const List* list : {&before, &after}) {
    for (const Result* r : *list) flags.insert(r->flags.begin(), r->flags.end());
  }
  for (const auto& flag : flags) {
    group.lines.push_back(CompareFractions("flag " + flag, Flagged(before, flag), Measured(before),
                                           Flagged(after, flag), Measured(after), options));
  }
  return group;
}

using Groups = std::map<std::string, std::pair<List, List>>;

void AddGroups(const std::string& kind, const Groups& groups, const DriftOptions& options,
               Drift& drift) {
  const DriftGroup& all = drift.groups.front();
  for (const auto& [name, lists] : groups) {
    const auto& [before, after] = lists;
    if (before.size() == all.reference && after.size() == all.now) return;  // the same as all
  }
  for (const auto& [name, lists] : groups) {
    drift.groups.push_back(CompareDistributions(kind + " " + (name.empty() ? "not stated" : name),
                                                lists.first, lists.second, options));
  }
}

void AddSites(const std::vector<Result>& reference, const std::vector<Result>& now,
              const DriftOptions& options, Drift& drift) {
  const MatchedSites sites = MatchSites(reference, now, options.min_files);
  if (!sites.problem.empty()) drift.warnings.push_back(sites.problem);
  Groups groups;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (sites.reference[i]) groups[*sites.reference[i]].first.push_back(&reference[i]);
  }
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (sites.now[i]) groups[*sites.now[i]].second.push_back(&now[i]);
  }
  AddGroups("site", groups, options, drift);
}

/// The models of a run, each once, in the order of the rows.
std::vector<std::string> ListModels(const std::vector<Result>& results) {
  std::vector<std::string> models;
  for (const Result& r : results) {
    if (!r.model.empty() && std::ranges::find(models, r.model) == models.end())
      models.push_back(r.model);
  }
  return models;
}

/// "measured by different models: A; B"; empty where one model with one calibration measured all.
std::string DifferentModels(std::vector<std::string> models, const std::vector<std::string>& more) {
  for (const auto& model : more) {
    if (std::ranges::find(models, model) == models.end()) models.push_back(model);
  }
  if (models.size() < 2) return "";
  const std::string mark = MakeCalibratedName("", "");
  std::set<std::string> uncalibrated;
  std::string names;
  for (const auto& model : models) {
    uncalibrated.insert(model.substr(0, model.find(mark)));
    names += (names.empty() ? "" : "; ") + ToDisplayText(model);
  }
  return (uncalibrated.size() > 1 ? "measured by different models: "
                                  : "measured with different calibrations: ") +
         names;
}

nlohmann::json RowToJson(const DriftRow& line) {
  nlohmann::json json = {{"figure", line.metric},
                         {"undefined", nullptr},
                         {"reference", nullptr},
                         {"now", nullptr},
                         {"population_stability", nullptr},
                         {"p", nullptr},
                         {"changed", line.changed}};
  if (!line.undefined.empty()) {
    json["undefined"] = line.undefined;
    return json;
  }
  const auto value = [&](double number) {
    return line.metric == kCategory ? nlohmann::json(line.ValueText(number))
                                    : nlohmann::json(number);
  };
  json["reference"] = value(line.reference);
  json["now"] = value(line.now);
  if (line.stability.value) json["population_stability"] = *line.stability.value;
  json["p"] = line.p;
  return json;
}

}  // namespace

void DriftOptions::Check() const {
  CheckBetween("stability", stability, 0, std::numeric_limits<double>::infinity());
  CheckBetween("significance", significance, 0, 1);
  CheckBetween("share", fraction, 0, 1);
  CheckAtLeast("fewest", static_cast<double>(min_files), 10);
}

std::string DriftRow::ValueText(double value) const {
  return metric == kCategory ? ToLetter(CategoryFromIndex(static_cast<std::int64_t>(value)))
                             : fmt::format("{:.3g}", value);
}

bool DriftGroup::changed() const {
  return std::ranges::any_of(lines, [](const DriftRow& line) { return line.changed; });
}
bool Drift::changed() const {
  return std::ranges::any_of(groups, [](const DriftGroup& group) { return group.changed(); });
}
bool Drift::any() const {
  return std::ranges::any_of(groups, [](const DriftGroup& g) { return g.undefined.empty(); });
}
bool Drift::compared() const {
  return !groups.empty() && std::ranges::any_of(groups.front().lines, [](const DriftRow& line) {
    return !line.before.empty();
  });
}

std::vector<Result> ReadResults(const fs::path& path) {
  const fs::path file = fs::is_directory(path) ? path / "results.json" : path;
  try {
    const auto json = ParseJson(ReadTextFile(file));
    if (!json.is_object() || json.value("schema", "") != kResultsSchema)
      throw Error(ErrorCode::kUsage, "is not a results.json of mhcnn predict");
    const auto summary = json.find("model");
    const bool stated =
        summary != json.end() && summary->contains("name") && summary->contains("version");
    const std::string model = stated ? ReadModelName(*summary) : "";
    std::vector<Result> results;
    for (const auto& row : json.at("results")) {
      results.push_back(ResultFromJson(row));
      results.back().model = model;
    }
    return results;
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kCorrupt, std::string("has a row that cannot be read: ") + e.what(),
                file.string());
  } catch (const Error& e) {
    throw e.WithSubject(file.string());
  }
}

Drift CompareResults(const std::vector<Result>& reference, const std::vector<Result>& now,
                     const DriftOptions& options) {
  options.Check();
  List before, after;
  Groups vendors;
  for (const Result& r : reference) {
    before.push_back(&r);
    vendors[r.metadata.manufacturer].first.push_back(&r);
  }
  for (const Result& r : now) {
    after.push_back(&r);
    vendors[r.metadata.manufacturer].second.push_back(&r);
  }
  Drift drift;
  drift.reference_models = ListModels(reference);
  drift.now_models = ListModels(now);
  if (auto different = DifferentModels(drift.reference_models, drift.now_models);
      !different.empty())
    drift.warnings.push_back(std::move(different));
  drift.groups.push_back(CompareDistributions("all", before, after, options));
  AddGroups("vendor", vendors, options, drift);
  AddSites(reference, now, options, drift);
  return drift;
}

nlohmann::json DriftToJson(const Drift& drift) {
  nlohmann::json groups = nlohmann::json::array();
  for (const DriftGroup& g : drift.groups) {
    nlohmann::json lines = nlohmann::json::array();
    for (const DriftRow& line : g.lines) lines.push_back(RowToJson(line));
    groups.push_back(
        {{"group", g.name},
         {"files_reference", g.reference},
         {"files_now", g.now},
         {"undefined", g.undefined.empty() ? nlohmann::json() : nlohmann::json(g.undefined)},
         {"figures", lines}});
  }
  return {{"schema", "mhcnn-drift/1"},
          {"reference", drift.reference},
          {"now", drift.now},
          {"models_reference", drift.reference_models},
          {"models_now", drift.now_models},
          {"warnings", drift.warnings},
          {"compared", drift.compared()},
          {"changed", drift.changed()},
          {"groups", groups}};
}

}  // namespace mhcnn
