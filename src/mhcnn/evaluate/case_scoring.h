#pragma once

#include <vector>

#include "mhcnn/evaluate/evaluated_case.h"
#include "mhcnn/evaluate/predictor.h"

namespace mhcnn {

/// Tolerances of the scores.
struct ScoringOptions {
  double tolerance_mm = 1;  ///< tolerance of the surface Dice where the file gives a pixel spacing
  double tolerance_pixels = 4;  ///< without a spacing; about 1 mm in an image of 960 rows

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
  /// Compares both tolerances.
  friend bool operator==(const ScoringOptions&, const ScoringOptions&) = default;
};

/// Scores a prediction against the sample's truth. Patient and exam are those of the manifest, else
/// of the file; if a DICOM file was not measured, its header is read for them. A truth that cannot
/// be read or does not fit the image makes a case that was not measured, with the file and the
/// reason.
EvaluatedCase ScoreCase(const Sample& sample, const Prediction& prediction,
                        const ScoringOptions& options = {});

/// Predicts and scores all samples, in their order, with progress. Throws Error(kInterrupted), and
/// kUsage for an image that occurs twice.
std::vector<EvaluatedCase> EvaluateSamples(const Predictor& predictor,
                                           const std::vector<Sample>& samples,
                                           const ScoringOptions& options, int threads);

}  // namespace mhcnn
