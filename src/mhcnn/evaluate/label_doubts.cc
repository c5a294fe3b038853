#include "mhcnn/evaluate/label_doubts.h"

#include <fmt/format.h>

#include "mhcnn/stats/agreement.h"

namespace mhcnn {
namespace {

/// Images from which a rank correlation tells whether labels belong to their images.
constexpr std::size_t kMinForRanks = 20;
/// A breast without any fat is a mask that is wrong.
constexpr double kAllDense = 99.5;
/// Between a stated percent and that of the masks.
constexpr double kPointsApart = 5;

std::string Counted(const std::vector<const EvaluatedCase*>& cases) {
  return fmt::format("{} image{} (the first: {})", cases.size(), cases.size() == 1 ? "" : "s",
                     cases.front()->path);
}

template <typename Holds>
std::vector<const EvaluatedCase*> CasesWhere(const std::vector<EvaluatedCase>& cases,
                                             const Holds& holds) {
  std::vector<const EvaluatedCase*> those;
  for (const EvaluatedCase& c : cases) {
    if (holds(c)) those.push_back(&c);
  }
  return those;
}

constexpr const char* kRowsOrScale =
    "rows may belong to other images, or the scale may be reversed";
constexpr const char* kRowsScaleOrMethod =
    "rows may belong to other images, the scale may be reversed, or the method is wrong";

/// A sentence where the two values of the cases, as `pair` adds them, do not rise together.
template <typename Pair>
void AddFalling(const std::vector<EvaluatedCase>& cases, const char* what, const char* why,
                const Pair& pair, std::vector<std::string>& doubts) {
  PairedValues values;
  for (const EvaluatedCase& c : cases) pair(c, values);
  if (values.truth.size() < kMinForRanks) return;
  const Statistic rank = Spearman(values);
  if (!rank.defined() || *rank.value > 0) return;
  doubts.push_back(fmt::format("{} (rank correlation {:.2f}, {} images): {}", what, *rank.value,
                               values.truth.size(), why));
}

void AddRanks(const std::vector<EvaluatedCase>& cases, std::vector<std::string>& doubts) {
  AddFalling(
      cases, "the true categories do not rise with the true percent densities", kRowsOrScale,
      [](const EvaluatedCase& c, PairedValues& values) {
        if (!c.true_percent || !c.true_category) return;
        values.truth.push_back(*c.true_percent);
        values.predicted.push_back(ToIndex(*c.true_category));
      },
      doubts);
  AddFalling(
      cases, "the predicted percent densities do not rise with the true ones", kRowsScaleOrMethod,
      [](const EvaluatedCase& c, PairedValues& values) {
        if (!c.true_percent || !c.percent) return;
        values.truth.push_back(*c.true_percent);
        values.predicted.push_back(*c.percent);
      },
      doubts);
  AddFalling(
      cases, "the true categories do not rise with the predicted percent densities",
      kRowsScaleOrMethod,
      [](const EvaluatedCase& c, PairedValues& values) {
        if (!c.true_category || !c.percent) return;
        values.truth.push_back(ToIndex(*c.true_category));
        values.predicted.push_back(*c.percent);
      },
      doubts);
}

}  // namespace

std::vector<std::string> FindLabelDoubts(const std::vector<EvaluatedCase>& cases) {
  std::vector<std::string> doubts;
  const auto full = CasesWhere(
      cases, [](const auto& c) { return c.true_percent && *c.true_percent >= kAllDense; });
  if (!full.empty()) {
    doubts.push_back("the true percent is 100 in " + Counted(full) +
                     ": the dense mask may cover the breast, or be inverted");
  }
  const auto apart = CasesWhere(cases, [](const auto& c) {
    return c.true_percent && c.percent_of_true_masks &&
           std::abs(*c.true_percent - *c.percent_of_true_masks) > kPointsApart;
  });
  if (!apart.empty()) {
    doubts.push_back(fmt::format(
        "the stated percent and the percent of the masks differ by more than {} points in {}: "
        "{:.1f} and {:.1f} %; the stated percent is used",
        kPointsApart, Counted(apart), *apart.front()->true_percent,
        *apart.front()->percent_of_true_masks));
  }
  AddRanks(cases, doubts);
  return doubts;
}

}  // namespace mhcnn
