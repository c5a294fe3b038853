#include "mhcnn/analyze/category_decision.h"

#include <algorithm>
#include <cmath>

#include "mhcnn/image/density_category.h"
#include "mhcnn/stats/conformal.h"

namespace mhcnn {
namespace {

/// Spreads the percent densities of fatty breasts, where categories differ by a few points.
double PercentFeature(double percent) { return std::sqrt(percent) / 5; }

}  // namespace

void DecideByHead(const std::vector<double>& probabilities, Result& result) {
  result.category = MostProbableCategory(probabilities);
  std::copy_n(probabilities.begin(), 4, result.probabilities.begin());
}

void CategoryRule::Decide(const Measurement& measured, Result& result) const {
  const auto features = Features(measured);
  if (!features) return;
  const auto probabilities = odds.Predict(*features);
  std::copy_n(probabilities.begin(), 4, result.probabilities.begin());
  result.category = CategoryFromIndex(MedianCategory(probabilities));
  const ClassRange range = MakeClassRange(probabilities, quantile);
  result.category_range = {CategoryFromIndex(range.low), CategoryFromIndex(range.high)};
}

std::optional<std::vector<double>> CategoryRule::Features(const Measurement& measured) const {
  std::vector<double> features;
  if (of_percent) {
    const auto& percent = of_both ? measured.percent_of_both : measured.percent;
    if (!percent) return std::nullopt;
    features.push_back(PercentFeature(*percent));
  }
  if (of_head) {
    if (!measured.expected_category) return std::nullopt;
    features.push_back(*measured.expected_category - 1.5);
  }
  return features;
}

std::vector<double> CategoryRule::CutPoints(const std::optional<PercentScale>& scale) const {
  if (!of_percent || of_head || odds.slopes[0] <= 0) return {};
  std::vector<double> points;
  for (const double cut : odds.cuts) {
    const double root = std::max(0.0, 5 * cut / odds.slopes[0]);
    const double point = std::min(100.0, root * root);
    points.push_back(scale ? scale->Apply(point) : point);
  }
  return points;
}

bool IsCategoryUncertain(const Result& result) {
  if (!result.category) return false;
  if (result.category_range) return result.category_range->Count() > 2;
  const double highest = result.probabilities[static_cast<std::size_t>(*result.category)];
  const auto percent = result.model_percent();
  return highest < 0.5 || (percent && std::abs(ToIndex(*result.category) -
                                               ToIndex(CategoryFromPercent(*percent))) >= 2);
}

}  // namespace mhcnn
