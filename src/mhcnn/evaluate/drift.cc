#include "mhcnn/evaluate/drift.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr int kBins = 10;

using List = std::vector<const Result*>;

/// The percent that the row reports, whichever head gave it.
std::optional<double> PercentOf(const Result& r) {
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

/// A figure whose distribution is compared; `ends` empty: tenths of the reference.
std::optional<DriftRow> Distribution(const std::string& name, const std::vector<double>& before,
                                     const std::vector<double>& after, std::vector<double> ends,
                                     const DriftOptions& options) {
  if (before.size() < options.min_files || after.size() < options.min_files) return std::nullopt;
  DriftRow line;
  line.metric = name;
  line.reference = Median(before);
  line.now = Median(after);
  line.ends = ends.empty() ? QuantileBins(before, kBins) : std::move(ends);
  line.before = CountsInBins(before, line.ends);
  line.after = CountsInBins(after, line.ends);
  line.stability = PopulationStability(line.before, line.after);
  const auto test = TestKolmogorovSmirnov(before, after);
  line.p = test.p.value.value_or(1);
  line.changed =
      line.stability.value.value_or(0) >= options.stability && line.p < options.significance;
  return line;
}

DriftRow Share(const std::string& name, std::size_t k, std::size_t n, std::size_t l, std::size_t m,
               const DriftOptions& options) {
  DriftRow line;
  line.metric = name;
  line.reference = n > 0 ? static_cast<double>(k) / static_cast<double>(n) : 0;
  line.now = m > 0 ? static_cast<double>(l) / static_cast<double>(m) : 0;
  line.stability = Undefined("a share");
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

DriftGroup Compare(const std::string& name, const List& before, const List& after,
                   const DriftOptions& options) {
  DriftGroup group{name, before.size(), after.size(), {}, {}};
  if (before.size() < options.min_files || after.size() < options.min_files) {
    group.undefined = "fewer than " + std::to_string(options.min_files) + " files on one side";
    return group;
  }
  const auto add = [&](const std::string& figure, const auto& value, std::vector<double> ends) {
    if (auto line = Distribution(figure, Values(before, value), Values(after, value),
                                 std::move(ends), options)) {
      group.lines.push_back(std::move(*line));
    }
  };
  group.lines.push_back(Share("refused", before.size() - Measured(before), before.size(),
                              after.size() - Measured(after), after.size(), options));
  add("percent_density", PercentOf, {});
  add("category",
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
    group.lines.push_back(Share("flag " + flag, Flagged(before, flag), Measured(before),
                                Flagged(after, flag), Measured(after), options));
  }
  return group;
}

/// The first folder of each path below what all of a run's paths share.
std::map<const Result*, std::string> Sites(const std::vector<Result>& results) {
  std::map<const Result*, std::string> sites;
  if (results.empty()) return sites;
  fs::path shared = fs::path(results.front().facts.path).parent_path();
  for (const Result& r : results) {
    const fs::path folder = fs::path(r.facts.path).parent_path();
    const auto ends = std::mismatch(shared.begin(), shared.end(), folder.begin(), folder.end());
    fs::path common;
    for (auto part = shared.begin(); part != ends.first; ++part) common /= *part;
    shared = common;
  }
  for (const Result& r : results) {
    const fs::path rest = fs::path(r.facts.path).lexically_relative(shared);
    sites[&r] = std::distance(rest.begin(), rest.end()) > 1 ? rest.begin()->string() : "";
  }
  return sites;
}

using Groups = std::map<std::string, std::pair<List, List>>;

void AddGroups(const std::string& kind, const Groups& groups, const DriftOptions& options,
               Drift& drift) {
  if (groups.size() < 2) return;  // the same as all
  for (const auto& [name, lists] : groups) {
    drift.groups.push_back(Compare(kind + " " + (name.empty() ? "not stated" : name), lists.first,
                                   lists.second, options));
  }
}

}  // namespace

void DriftOptions::Check() const {
  CheckBetween("stability", stability, 0, std::numeric_limits<double>::infinity());
  CheckBetween("significance", significance, 0, 1);
  CheckBetween("share", fraction, 0, 1);
  CheckAtLeast("fewest", static_cast<double>(min_files), 10);
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

std::vector<Result> ReadResults(const fs::path& path) {
  const fs::path file = fs::is_directory(path) ? path / "results.json" : path;
  try {
    const auto json = ParseJson(ReadTextFile(file));
    if (!json.is_object() || json.value("schema", "") != "mhcnn-results/1")
      throw Error(ErrorCode::kUsage, "is no results.json of mhcnn predict");
    std::vector<Result> results;
    for (const auto& row : json.at("results")) results.push_back(ResultFromJson(row));
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
  Groups all, vendors, sites;
  const auto sites_before = Sites(reference), sites_now = Sites(now);
  for (const Result& r : reference) {
    all["all"].first.push_back(&r);
    vendors[r.facts.manufacturer].first.push_back(&r);
    sites[sites_before.at(&r)].first.push_back(&r);
  }
  for (const Result& r : now) {
    all["all"].second.push_back(&r);
    vendors[r.facts.manufacturer].second.push_back(&r);
    sites[sites_now.at(&r)].second.push_back(&r);
  }
  Drift drift;
  drift.groups.push_back(Compare("all", all["all"].first, all["all"].second, options));
  AddGroups("vendor", vendors, options, drift);
  AddGroups("site", sites, options, drift);
  return drift;
}

nlohmann::json DriftToJson(const Drift& drift) {
  nlohmann::json groups = nlohmann::json::array();
  for (const DriftGroup& g : drift.groups) {
    nlohmann::json lines = nlohmann::json::array();
    for (const DriftRow& line : g.lines) {
      lines.push_back(
          {{"figure", line.metric},
           {"reference", line.reference},
           {"now", line.now},
           {"population_stability",
            line.stability.value ? nlohmann::json(*line.stability.value) : nlohmann::json()},
           {"p", line.p},
           {"changed", line.changed}});
    }
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
          {"changed", drift.changed()},
          {"groups", groups}};
}

}  // namespace mhcnn
