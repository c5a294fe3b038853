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
/// Values at most 1 above category b, and their fraction of the values above category b.
constexpr std::size_t kMinAboveB = 3;
constexpr double kMinFractionAboveB = 0.05;
/// Values at most 1 that have a gap above them: number, different ones, fraction of all values.
constexpr std::size_t kMinBelowGap = 10, kMinDifferent = 5;
constexpr double kMinFractionBelowGap = 0.2;
/// Values in 1..2 for each value at most 1: in one unit about as many, in a gap hardly any.
constexpr double kMaxFractionInGap = 0.05;
/// Values of a reader or a folder, their fraction of all values, and the fraction of such values of
/// the others.
constexpr std::size_t kMinPerGroup = 5;
constexpr double kMinFractionOfGroups = 0.1, kMaxFractionOfOthers = 0.1;
/// Different patients of a folder, or images without one: one fatty breast is no unit.
constexpr std::size_t kMinPatientsPerFolder = 3, kMinImagesPerFolder = 5;

bool IsAtMostOne(const Sample& sample) { return *sample.percent_density < kMaxFractionPercent; }

/// May it be a fraction? An image of category a can have under one percent.
bool MayBeFraction(const Sample& sample) {
  return *sample.percent_density > 0 && IsAtMostOne(sample) &&
         sample.category != DensityCategory::kA;
}

template <typename Is>
std::size_t Count(const Samples& samples, Is is) {
  return static_cast<std::size_t>(
      std::ranges::count_if(samples, [&](const Sample* sample) { return is(*sample); }));
}

double FractionAtMostOne(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Few values prove nothing by themselves, but a category above a does.
std::string AreAllAtMostOne(const Samples& percent_densities) {
  const bool dense = Count(percent_densities, [](const Sample& s) {
                       return *s.percent_density > 0 && s.category > DensityCategory::kA;
                     }) > 0;
  const bool between =
      Count(percent_densities, [](const Sample& s) { return *s.percent_density > 0; }) > 0;
  if (!between || (percent_densities.size() < kEnough && !dense)) return "";
  return fmt::format("looks like fractions: none of its {} values is above 1",
                     percent_densities.size());
}

std::string ByCategory(const Samples& percent_densities) {
  const auto above_b = [](const Sample& s) { return s.category > DensityCategory::kB; };
  const std::size_t all = Count(percent_densities, above_b);
  const std::size_t low =
      Count(percent_densities, [&](const Sample& s) { return above_b(s) && MayBeFraction(s); });
  if (low < kMinAboveB || FractionAtMostOne(low, all) < kMinFractionAboveB) return "";
  return fmt::format(
      "looks like two units: {} of {} values of the categories c and d are at most 1", low, all);
}

std::string ByGap(const Samples& percent_densities) {
  const std::size_t low = Count(percent_densities, MayBeFraction);
  const std::size_t gap = Count(percent_densities, [](const Sample& s) {
    return !IsAtMostOne(s) && *s.percent_density <= 2;
  });
  std::set<double> different;
  for (const Sample* sample : percent_densities) {
    if (MayBeFraction(*sample)) different.insert(*sample->percent_density);
  }
  if (low < kMinBelowGap || different.size() < kMinDifferent ||
      FractionAtMostOne(low, percent_densities.size()) < kMinFractionBelowGap ||
      FractionAtMostOne(gap, low) > kMaxFractionInGap) {
    return "";
  }
  return fmt::format("looks like two units: {} of {} values are at most 1 and {} from 1 to 2", low,
                     percent_densities.size(),
                     gap == 0 ? "none is" : fmt::format("only {} are", gap));
}

bool HasSeveralPatients(const Samples& samples) {
  std::set<std::string> patients, images;
  for (const Sample* sample : samples) {
    const bool is_stated = !sample->patient_id.empty() || !sample->study_id.empty();
    (is_stated ? patients : images).insert(PatientKey(*sample));
  }
  return patients.size() >= kMinPatientsPerFolder || images.size() >= kMinImagesPerFolder;
}

/// `group_of`: the reader or the folder; "" is a group as well. `counts`: whether a group may show
/// a unit of its own.
template <typename GroupOf, typename Counts>
std::string ByGroup(const Samples& percent_densities, const char* name, GroupOf group_of,
                    Counts counts) {
  std::map<std::string, Samples> groups;
  for (const Sample* sample : percent_densities) groups[group_of(*sample)].push_back(sample);
  std::size_t in_low_groups = 0, others = 0, low_others = 0;
  std::string first;
  for (const auto& [group, members] : groups) {
    if (Count(members, IsAtMostOne) == members.size() &&
        Count(members, MayBeFraction) >= kMinPerGroup && counts(members)) {
      if (in_low_groups == 0) first = group;
      in_low_groups += members.size();
    } else {
      others += members.size();
      low_others += Count(members, IsAtMostOne);
    }
  }
  if (in_low_groups == 0 || others < kMinPerGroup ||
      FractionAtMostOne(low_others, others) > kMaxFractionOfOthers ||
      FractionAtMostOne(in_low_groups, percent_densities.size()) < kMinFractionOfGroups) {
    return "";
  }
  return fmt::format(
      "looks like two units: all values of the {} '{}' are at most 1, other "
      "values are above 1",
      name, ToDisplayText(first));
}

}  // namespace

std::string FindPercentUnitProblem(const std::vector<const Sample*>& samples) {
  Samples percent_densities;
  std::ranges::copy_if(samples, std::back_inserter(percent_densities),
                       [](const Sample* s) { return s->percent_density.has_value(); });
  if (percent_densities.empty()) return "";
  if (Count(percent_densities, IsAtMostOne) == percent_densities.size())
    return AreAllAtMostOne(percent_densities);
  std::string problem = ByCategory(percent_densities);
  if (problem.empty()) problem = ByGap(percent_densities);
  if (problem.empty()) {
    problem = ByGroup(
        percent_densities, "reader", [](const Sample& s) { return s.reader; },
        [](const Samples&) { return true; });
  }
  if (problem.empty()) {
    problem = ByGroup(
        percent_densities, "folder", [](const Sample& s) { return s.image.parent_path().string(); },
        HasSeveralPatients);
  }
  return problem;
}

}  // namespace mhcnn
