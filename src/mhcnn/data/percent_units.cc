#include "mhcnn/data/percent_units.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "mhcnn/base/text.h"
#include "mhcnn/data/split.h"

namespace mhcnn {
namespace {

using Samples = std::vector<const Sample*>;

constexpr std::size_t kEnough = 3;
/// Values at most 1 above category b, and their share of the values above category b.
constexpr std::size_t kMinAboveB = 3;
constexpr double kMinShareAboveB = 0.05;
/// Values at most 1 that have a gap above them: number, different ones, share of all values.
constexpr std::size_t kMinBelowGap = 10, kMinDifferent = 5;
constexpr double kMinShareBelowGap = 0.2;
/// Values in 1..2 for each value at most 1: in one unit about as many, in a gap hardly any.
constexpr double kMaxShareInGap = 0.05;
/// Values of a reader or a folder, their share of all values, and the share of such values of the
/// others.
constexpr std::size_t kMinOfGroup = 5;
constexpr double kMinShareOfGroups = 0.1, kMaxShareOfOthers = 0.1;
/// Different patients of a folder, or images without one: one fatty breast is no unit.
constexpr std::size_t kMinPatientsOfFolder = 3, kMinImagesOfFolder = 5;

bool AtMostOne(const Sample& sample) { return *sample.percent_density < kAtMostOnePercent; }

/// May it be a fraction? An image of category a can have under one percent.
bool MayBeFraction(const Sample& sample) {
  return *sample.percent_density > 0 && AtMostOne(sample) && sample.category != DensityCategory::kA;
}

template <typename Is>
std::size_t Count(const Samples& samples, Is is) {
  return static_cast<std::size_t>(
      std::ranges::count_if(samples, [&](const Sample* sample) { return is(*sample); }));
}

double Share(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Few values prove nothing by themselves, but a category above a does.
std::string AllAtMostOne(const Samples& percents) {
  const bool dense = Count(percents, [](const Sample& s) {
                       return *s.percent_density > 0 && s.category > DensityCategory::kA;
                     }) > 0;
  const bool between = Count(percents, [](const Sample& s) { return *s.percent_density > 0; }) > 0;
  if (!between || (percents.size() < kEnough && !dense)) return "";
  return fmt::format("looks like fractions: none of its {} values is above 1", percents.size());
}

std::string ByCategory(const Samples& percents) {
  const auto above_b = [](const Sample& s) { return s.category > DensityCategory::kB; };
  const std::size_t all = Count(percents, above_b);
  const std::size_t low =
      Count(percents, [&](const Sample& s) { return above_b(s) && MayBeFraction(s); });
  if (low < kMinAboveB || Share(low, all) < kMinShareAboveB) return "";
  return fmt::format(
      "looks like two units: {} of {} values of the categories c and d are at most 1", low, all);
}

std::string ByGap(const Samples& percents) {
  const std::size_t low = Count(percents, MayBeFraction);
  const std::size_t gap =
      Count(percents, [](const Sample& s) { return !AtMostOne(s) && *s.percent_density <= 2; });
  std::set<double> different;
  for (const Sample* sample : percents) {
    if (MayBeFraction(*sample)) different.insert(*sample->percent_density);
  }
  if (low < kMinBelowGap || different.size() < kMinDifferent ||
      Share(low, percents.size()) < kMinShareBelowGap || Share(gap, low) > kMaxShareInGap) {
    return "";
  }
  return fmt::format("looks like two units: {} of {} values are at most 1 and {} from 1 to 2", low,
                     percents.size(), gap == 0 ? "none is" : fmt::format("only {} are", gap));
}

bool HasSeveralPatients(const Samples& samples) {
  std::set<std::string> patients, images;
  for (const Sample* sample : samples) {
    const bool is_stated = !sample->patient_id.empty() || !sample->study_id.empty();
    (is_stated ? patients : images).insert(PatientKey(*sample));
  }
  return patients.size() >= kMinPatientsOfFolder || images.size() >= kMinImagesOfFolder;
}

/// `group_of`: the reader or the folder; "" is a group as well. `counts`: whether a group may show
/// a unit of its own.
template <typename GroupOf, typename Counts>
std::string ByGroup(const Samples& percents, const char* name, GroupOf group_of, Counts counts) {
  std::map<std::string, Samples> groups;
  for (const Sample* sample : percents) groups[group_of(*sample)].push_back(sample);
  std::size_t in_low_groups = 0, others = 0, low_others = 0;
  std::string first;
  for (const auto& [group, members] : groups) {
    if (Count(members, AtMostOne) == members.size() &&
        Count(members, MayBeFraction) >= kMinOfGroup && counts(members)) {
      if (in_low_groups == 0) first = group;
      in_low_groups += members.size();
    } else {
      others += members.size();
      low_others += Count(members, AtMostOne);
    }
  }
  if (in_low_groups == 0 || others < kMinOfGroup || Share(low_others, others) > kMaxShareOfOthers ||
      Share(in_low_groups, percents.size()) < kMinShareOfGroups) {
    return "";
  }
  return fmt::format(
      "looks like two units: all values of the {} '{}' are at most 1, other "
      "values are above 1",
      name, ShownText(first));
}

}  // namespace

std::string PercentUnitProblem(const std::vector<const Sample*>& samples) {
  Samples percents;
  std::ranges::copy_if(samples, std::back_inserter(percents),
                       [](const Sample* s) { return s->percent_density.has_value(); });
  if (percents.empty()) return "";
  if (Count(percents, AtMostOne) == percents.size()) return AllAtMostOne(percents);
  std::string problem = ByCategory(percents);
  if (problem.empty()) problem = ByGap(percents);
  if (problem.empty()) {
    problem = ByGroup(
        percents, "reader", [](const Sample& s) { return s.reader; },
        [](const Samples&) { return true; });
  }
  if (problem.empty()) {
    problem = ByGroup(
        percents, "folder", [](const Sample& s) { return s.image.parent_path().string(); },
        HasSeveralPatients);
  }
  return problem;
}

}  // namespace mhcnn
