#include "mhcnn/evaluate/result_sites.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

using Names = std::vector<std::string>;

/// A run's sites, file by file, and the name of the folder that all files share.
struct RunSites {
  Names of_file;
  std::string shared;

  /// All files as one site, which has the name of the folder.
  Names MergeIntoOneSite() const { return Names(of_file.size(), shared); }
};

RunSites ListSites(const std::vector<Result>& results) {
  RunSites sites;
  if (results.empty()) return sites;
  fs::path shared = fs::path(results.front().metadata.path).parent_path();
  for (const Result& r : results) {
    const fs::path folder = fs::path(r.metadata.path).parent_path();
    const auto ends = std::mismatch(shared.begin(), shared.end(), folder.begin(), folder.end());
    fs::path common;
    for (auto part = shared.begin(); part != ends.first; ++part) common /= *part;
    shared = common;
  }
  sites.shared = shared.filename().string();
  for (const Result& r : results) {
    const fs::path rest = fs::path(r.metadata.path).lexically_relative(shared);
    sites.of_file.push_back(std::distance(rest.begin(), rest.end()) > 1 ? rest.begin()->string()
                                                                        : "");
  }
  return sites;
}

/// Files of each site in both runs.
using Counts = std::map<std::string, std::pair<std::size_t, std::size_t>>;

/// Sites with `min_files` files in one of the runs.
Counts KeptSites(const Names& reference, const Names& now, std::size_t min_files) {
  Counts counts;
  for (const auto& name : reference) ++counts[name].first;
  for (const auto& name : now) ++counts[name].second;
  std::erase_if(counts, [&](const auto& site) {
    return std::max(site.second.first, site.second.second) < min_files;
  });
  return counts;
}

bool AnyNamed(const Counts& kept) {
  return std::ranges::any_of(kept, [](const auto& site) { return !site.first.empty(); });
}

/// Is a site in both runs?
bool SitesMatch(const Counts& kept) {
  return std::ranges::any_of(kept, [](const auto& site) {
    return !site.first.empty() && site.second.first > 0 && site.second.second > 0;
  });
}

std::vector<std::optional<std::string>> SelectKept(const Names& names, const Counts& kept) {
  std::vector<std::optional<std::string>> sites;
  sites.reserve(names.size());
  for (const auto& name : names)
    sites.push_back(kept.contains(name) ? std::optional(name) : std::nullopt);
  return sites;
}

/// "A, B", of one run; the shared folder where it has none.
std::string ListNames(const Counts& kept, std::size_t Counts::mapped_type::*files,
                      const std::string& shared) {
  std::string text;
  for (const auto& [name, count] : kept) {
    if (!name.empty() && count.*files > 0) text += (text.empty() ? "" : ", ") + ToDisplayText(name);
  }
  return text.empty() ? "only the folder '" + ToDisplayText(shared) + "'" : text;
}

}  // namespace

MatchedSites MatchSites(const std::vector<Result>& reference, const std::vector<Result>& now,
                        std::size_t min_files) {
  using Count = Counts::mapped_type;
  const RunSites before = ListSites(reference), after = ListSites(now);
  MatchedSites none;
  none.reference.resize(reference.size());
  none.now.resize(now.size());
  const Counts kept = KeptSites(before.of_file, after.of_file, min_files);
  if (!AnyNamed(kept)) return none;
  for (const auto& [first, second] : {std::pair{before.of_file, after.of_file},
                                      {before.of_file, after.MergeIntoOneSite()},
                                      {before.MergeIntoOneSite(), after.of_file},
                                      {before.MergeIntoOneSite(), after.MergeIntoOneSite()}}) {
    const Counts sites = KeptSites(first, second, min_files);
    if (SitesMatch(sites)) return {SelectKept(first, sites), SelectKept(second, sites), ""};
  }
  none.problem = "sites could not be matched by their folders: the reference has " +
                 ListNames(kept, &Count::first, before.shared) + "; now there is " +
                 ListNames(kept, &Count::second, after.shared);
  return none;
}

}  // namespace mhcnn
