#include "mhcnn/data/percent_convention.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "mhcnn/image/density_category.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {
namespace {

constexpr std::size_t kMinWithBoth = 10, kMinPerCategory = 20;
/// Readers of one convention differ by less (Cumulus: 9.6 and 14.5 % for the same films).
constexpr double kLowRatio = 0.6, kHighRatio = 1 / kLowRatio;
/// And by more points than outlines do that are drawn a little wider.
constexpr double kMinPoints = 5;

bool MediansDiffer(double stated, double of_masks) {
  const double ratio = stated / std::max(of_masks, 0.1);
  return (ratio < kLowRatio || ratio > kHighRatio) && std::abs(stated - of_masks) > kMinPoints;
}

constexpr const char* kRemedy =
    "they may follow two conventions; train with one of them (leave out the column "
    "percent_density, or the masks)";

struct PercentSamples {
  std::vector<double> stated, of_masks;
};

/// Images that have a stated percent and masks.
std::vector<Problem> CompareSameImages(const std::vector<PreparedImage>& images) {
  PercentSamples both;
  std::string subject;
  for (const auto& [listed, examined] : images) {
    const auto &stated = listed.sample.percent_density, &of_masks = examined.mask_percent;
    if (!stated || !of_masks || *stated == *of_masks) continue;
    if (subject.empty()) subject = listed.sample.image.parent_path().string();
    both.stated.push_back(*stated);
    both.of_masks.push_back(*of_masks);
  }
  if (both.stated.size() < kMinWithBoth) return {};
  const double stated = Median(both.stated), of_masks = Median(both.of_masks);
  if (!MediansDiffer(stated, of_masks)) return {};
  return {{"percent_convention", subject,
           fmt::format("{} images have a median stated percent of {:.1f}, but their masks give "
                       "{:.1f}: {}",
                       both.stated.size(), stated, of_masks, kRemedy)}};
}

/// Images of a category, of which some state a percent and others have masks.
std::vector<Problem> CompareWithinCategories(const std::vector<PreparedImage>& images) {
  std::map<DensityCategory, PercentSamples> by_category;
  std::string subject;
  for (const auto& [listed, examined] : images) {
    const auto& percent = listed.sample.percent_density;
    if (!percent || !listed.sample.category) continue;
    PercentSamples& of_category = by_category[*listed.sample.category];
    if (!examined.mask_percent) {
      if (subject.empty()) subject = listed.sample.image.parent_path().string();
      of_category.stated.push_back(*percent);
    } else if (*percent == *examined.mask_percent) {
      of_category.of_masks.push_back(*percent);
    }
  }
  std::vector<Problem> problems;
  for (const auto& [category, percent_densities] : by_category) {
    if (std::min(percent_densities.stated.size(), percent_densities.of_masks.size()) <
        kMinPerCategory)
      continue;
    const double stated = Median(percent_densities.stated),
                 of_masks = Median(percent_densities.of_masks);
    if (!MediansDiffer(stated, of_masks)) continue;
    problems.push_back(
        {"percent_convention", subject,
         fmt::format(
             "category {}: {} images state a median percent of {:.1f}, the masks of {} others "
             "give {:.1f}: {}",
             ToLetter(category), percent_densities.stated.size(), stated,
             percent_densities.of_masks.size(), of_masks, kRemedy)});
  }
  return problems;
}

}  // namespace

std::vector<Problem> FindPercentConventionConflicts(const std::vector<PreparedImage>& images) {
  std::vector<Problem> problems = CompareSameImages(images);
  const auto others = CompareWithinCategories(images);
  problems.insert(problems.end(), others.begin(), others.end());
  return problems;
}

}  // namespace mhcnn
