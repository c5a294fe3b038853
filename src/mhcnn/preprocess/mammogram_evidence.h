#pragma once

#include <string>
#include <vector>

#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

/// How much a picture looks like a mammogram, whatever a network was trained on.
struct MammogramEvidence {
  /// Sum of the evidence for (above 0) and against (below 0) a mammogram.
  double score = 0;
  /// What speaks most against one, in words: "no breast outline against a background".
  std::string against = {};

  /// Below the limit, which lies under every mammogram that it was learned from. `more` raises it.
  bool RefusedBy(double more = 0) const;
  /// Clearly a mammogram: its negative need not be tried.
  bool Clear() const;
};

/// Three networks of one small hidden layer on the figures of MammogramFigures, averaged: fixed
/// coefficients in mammogram_evidence_coefficients.inc, learned by
/// scripts/experiments/learn_evidence.py from mammograms, phantoms and pictures of other things.
/// `picture` is the one `prepared` was made of, turned where that is "inverted".
MammogramEvidence JudgeMammogram(const GreyImage& picture, const Prepared& prepared);
/// The same of the figures themselves.
MammogramEvidence JudgeFigures(const std::vector<double>& figures);

}  // namespace mhcnn
