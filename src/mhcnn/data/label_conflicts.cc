#include "mhcnn/data/label_conflicts.h"

#include <fmt/format.h>

#include "mhcnn/image/density_category.h"
#include "mhcnn/stats/agreement.h"
#include "mhcnn/stats/published_percent_density.h"

namespace mhcnn {
namespace {

constexpr std::size_t kSteps = 2;  ///< readers differ by one category
constexpr std::size_t kMinImages = 20;
/// Honest labels of a set with both have a rank correlation of 0.5 and more.
constexpr double kFalling = -0.4;

bool Contradicts(DensityCategory category, double percent) {
  const auto at = static_cast<std::size_t>(ToIndex(category));
  const bool too_low = at >= kSteps && percent < kPublishedPercentDensities[at - kSteps].low;
  const bool too_high = at + kSteps < kPublishedPercentDensities.size() &&
                        percent > kPublishedPercentDensities[at + kSteps].high;
  return too_low || too_high;
}

Problem Contradiction(const Sample& sample) {
  const DensityCategory category = *sample.category;
  const PublishedPercentDensity& usual =
      kPublishedPercentDensities[static_cast<std::size_t>(ToIndex(category))];
  return {"label_conflict", sample.image.string(),
          fmt::format("has category {} and {:.1f} percent; 9 of 10 published images of category {} "
                      "have {:.0f} to {:.0f}; both labels are kept",
                      ToLetter(category), *sample.percent_density, ToLetter(category), usual.low,
                      usual.high)};
}

}  // namespace

std::vector<Problem> FindLabelConflicts(const std::vector<PreparedImage>& images) {
  std::vector<Problem> problems;
  PairedValues both;
  std::string subject;
  for (const auto& [listed, examined] : images) {
    const Sample& sample = listed.sample;
    if (!sample.category || !sample.percent_density) continue;
    if (subject.empty()) subject = sample.image.parent_path().string();
    both.truth.push_back(ToIndex(*sample.category));
    both.predicted.push_back(*sample.percent_density);
    if (Contradicts(*sample.category, *sample.percent_density))
      problems.push_back(Contradiction(sample));
  }
  if (both.truth.size() < kMinImages) return problems;
  const Statistic rho = Spearman(both);
  if (rho.defined() && *rho.value < kFalling) {
    problems.push_back(
        {"label_conflict", subject,
         fmt::format("the categories of {} images fall as their percent densities rise "
                     "(Spearman's rho {:.2f}): a is the least dense category and d the densest; "
                     "the coding may be "
                     "reversed, or the rows may be in a wrong order",
                     both.truth.size(), *rho.value)});
  }
  return problems;
}

}  // namespace mhcnn
