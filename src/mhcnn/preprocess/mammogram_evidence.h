#pragma once

#include <string>
#include <vector>

#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

/// Evidence for a picture as a mammogram, whatever a network was trained on.
struct MammogramEvidence {
  /// Sum of the evidence for (above 0) and against (below 0) a mammogram.
  double score = 0;
  /// Strongest evidence against one, in words: "no breast outline against a background".
  std::string against = {};

  /// Returns whether the score is below the limit, which is under all learned mammograms, + `more`.
  bool IsRefused(double more = 0) const;
  /// Returns whether it is clearly a mammogram: its negative need not be tried.
  bool Clear() const;
};

/// Scores a picture by three networks of one small hidden layer on the figures of
/// ComputeMammogramFeatures, averaged: fixed coefficients in mammogram_evidence_coefficients.inc,
/// learned by scripts/experiments/learn_evidence.py from mammograms, phantoms and pictures of other
/// things. `picture` is the one from which `prepared` was made, turned where that is "inverted".
MammogramEvidence ScoreMammogramEvidence(const GreyImage& picture, const Prepared& prepared);
/// Scores the figures themselves in the same way.
MammogramEvidence ScoreMammogramFeatures(const std::vector<double>& figures);

}  // namespace mhcnn
