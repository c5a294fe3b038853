#pragma once

#include <optional>
#include <vector>

#include "mhcnn/analyze/measurement.h"
#include "mhcnn/analyze/result.h"
#include "mhcnn/stats/proportional_odds.h"

namespace mhcnn {

// The category of an image is decided here: by the model's category head, then by the rule of a
// calibration where there is one. That of a breast and of an exam: results/studies.h.

/// Sets category and probabilities of a result to those of the model's category head: the most
/// probable category, the first of equal ones. `probabilities`: a to d.
void DecideByHead(const std::vector<double>& probabilities, Result& result);

/// Rule of the category as the site's readers give it, from the percent, the model's category head,
/// or both. calibrate/calibrate_category.cc fits it to a site's images.
struct CategoryRule {
  bool of_percent = true, of_head = true;  ///< whether it uses the percent; the category head
  /// Whether the percent is the mean of masks and regression head in place of the masks' percent.
  bool of_both = false;
  ProportionalOdds odds;  ///< model on Features()
  /// Probability that the range of categories contains the readers' category.
  double coverage = 0.9;
  double quantile = 1;  ///< quantile of ClassScore

  /// Sets category, probabilities and range of a result: the median category of the rule's
  /// probabilities. Leaves the result unchanged if the measurement has not what it uses.
  void Decide(const Measurement& measured, Result& result) const;
  /// Returns the rule's features; empty if the image does not have what the rule uses.
  std::optional<std::vector<double>> Features(const Measurement& measured) const;
  /// Returns the percent densities, converted by `scale` if there is one, at which the next
  /// category becomes more probable than not; nothing unless the rule uses the percent alone.
  std::vector<double> CutPoints(const std::optional<PercentScale>& scale) const;
};

/// Returns whether a result's category is uncertain ("category_uncertain"): no category has half of
/// the probability, or the head's is two or more from what the percent of the masks suggests. The
/// two need not agree (BI-RADS 5th edition has no percent densities), but such a gap is more often
/// the network's error. A calibrated category is uncertain if its range has more than two.
bool IsCategoryUncertain(const Result& result);

}  // namespace mhcnn
