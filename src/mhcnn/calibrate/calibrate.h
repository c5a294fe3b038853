#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/analyze/calibration.h"
#include "mhcnn/evaluate/evaluation.h"

namespace mhcnn {

/// Options of the fit and the evaluation of a calibration.
struct CalibrateOptions {
  std::string name;           ///< name of the site
  double coverage = 0.9;      ///< coverage of intervals and category ranges
  bool cut_points = false;    ///< whether the category uses the percent alone
  bool keep_percent = false;  ///< whether to fit the interval only: neither scale nor threshold
  /// Whether the category is fitted with published percent densities of each category as further
  /// cases, and each category counts alike: for a sample with rare or missing categories.
  bool published_prior = false;
  int folds = 10;          ///< number of folds of the cross-validation, by patient
  std::uint64_t seed = 1;  ///< random seed of the folds
  /// Options of the report's intervals.
  BootstrapOptions bootstrap;

  void Check() const;  ///< throws Error(kUsage) naming the field
};

/// The smallest sample that a part is fitted to.
struct SampleSize {
  /// Images, and patients whose images they are.
  std::size_t images = 0, patients = 0;
};
/// Sample for the percent: a line and a quantile.
inline constexpr SampleSize kMinPercentSample{20, 10};
/// Sample for the category: a rule of four parameters or more.
inline constexpr SampleSize kMinCategorySample{50, 25};
/// Sample for each fitted category: with one patient alone, the fit without her fold has none.
inline constexpr SampleSize kMinPerCategorySample{5, 2};

/// Result of a calibration, judged by images outside the fit of their fold. The folds share only
/// the choice of the kind of rule (line, threshold or none; percent, head or both).
struct CalibrationReport {
  Calibration calibration;           ///< fitted to all images
  std::vector<std::string> refused;  ///< parts that were not fitted: why, and how many it needs
  /// Measured cases as the model gives them, and as a calibration fitted without their fold gives
  /// them.
  std::vector<EvaluatedCase> before, after;
  std::vector<MetricRow> lines;  ///< section "coverage": of intervals and ranges, their width
};

/// Throws Error(kUsage) naming an image that a calibrated model measured, by its range of
/// categories or the name of the method: what is fitted to such percent densities is not for the
/// model.
void CheckUncalibrated(const std::vector<EvaluatedCase>& cases);

/// Fits scale, interval and category rule of a site to the model's uncalibrated results on its
/// images. The percent is put on a line, or dense tissue cut at another probability, only if that
/// predicts the readers' percent better on images left out, and explains it better by Akaike's
/// criterion; quantiles are cross-conformal (Vovk, "Cross-conformal predictors", Ann Math Artif
/// Intell 74, 2015), by band of the percent if a band has 30 images.
CalibrationReport Calibrate(const std::vector<EvaluatedCase>& cases,
                            const CalibrateOptions& options);

}  // namespace mhcnn
