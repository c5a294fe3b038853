#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/analyze/calibration.h"
#include "mhcnn/evaluate/evaluation.h"

namespace mhcnn {

/// How a calibration is fitted and judged.
struct CalibrateOptions {
  std::string name;           ///< name of the site
  double coverage = 0.9;      ///< coverage of intervals and category ranges
  bool cut_points = false;    ///< the category goes by the percent alone
  bool keep_percent = false;  ///< interval only: neither scale nor threshold
  /// The category is fitted with published percents of each category as further cases, and each
  /// category counts alike: for a sample in which some are rare or missing.
  bool published_prior = false;
  int folds = 10;          ///< number of folds of the cross-validation, by patient
  std::uint64_t seed = 1;  ///< random seed of the folds
  /// Intervals of the report.
  BootstrapOptions bootstrap;

  void Check() const;  ///< throws Error(kUsage) naming the field
};

/// The smallest sample that a part is fitted to.
struct SampleSize {
  /// Images, and patients whose images they are.
  std::size_t images = 0, patients = 0;
};
/// For the percent: a line and a quantile.
inline constexpr SampleSize kMinForPercent{20, 10};
/// For the category: a rule of four parameters or more.
inline constexpr SampleSize kMinForCategory{50, 25};
/// For each category that is fitted: with one patient alone, the fit without her fold has none.
inline constexpr SampleSize kMinOfCategory{5, 2};

/// What a calibration does, judged by images that each fold had not been fitted on. What the folds
/// share is the choice between few kinds of rule (line, threshold or none; percent, head or both).
struct CalibrationReport {
  Calibration calibration;           ///< fitted to all images
  std::vector<std::string> refused;  ///< parts that were not fitted: why, and how many it needs
  /// The measured cases as the model says them, and as a calibration fitted without their fold
  /// does.
  std::vector<EvaluatedCase> before, after;
  std::vector<MetricRow> lines;  ///< section "coverage": of intervals and ranges, their width
};

/// Throws Error(kUsage) naming an image that a calibrated model measured, by its range of
/// categories or the name of the method: what is fitted to such percents is not for the model.
void CheckUncalibrated(const std::vector<EvaluatedCase>& cases);

/// Scale, interval and category rule of a site from the model's uncalibrated findings on its
/// images. The percent is put on a line, or dense tissue cut at another probability, only where
/// that foretells the readers' better on images left out, and explains them better by Akaike's
/// criterion; quantiles are cross-conformal (Vovk, "Cross-conformal predictors", Ann Math Artif
/// Intell 74, 2015), by band of the percent where a band has 30 images.
CalibrationReport Calibrate(const std::vector<EvaluatedCase>& cases,
                            const CalibrateOptions& options);

}  // namespace mhcnn
