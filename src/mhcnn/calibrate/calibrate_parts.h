#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mhcnn/calibrate/calibrate.h"
#include "mhcnn/evaluate/evaluation_sections.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {

// The two halves of Calibrate(); for calibrate*.cc alone.

/// Returns a fold for each case: all cases of a patient in one, patients equally divided.
std::vector<int> FoldsByPatient(const CaseList& cases, int folds, std::uint64_t seed);

/// Returns "percent: 19 images have a percent, 20 are needed", or that there are too few patients;
/// empty if there are enough.
std::string FindSampleSizeProblem(const std::string& part, const CaseList& cases,
                                  const SampleSize& least);

/// Returns a sentence if the readers' values (truth) do not rise with the model's (predicted), with
/// what to check: their rank correlation is not above 0 by a one-sided test at 5 %, or they are all
/// the same. Empty if they rise.
std::string FindMonotonicityProblem(const std::string& part, const PairedValues& values);

/// Figure of each case, of which the mean is reported.
struct CaseMetric {
  /// Name in the report.
  std::string name;
  /// One value for each case.
  const std::vector<double>& values;
  /// Unit in the report.
  std::string unit{};
};
/// Adds to the report how often the truth was contained, and how wide the containing range was.
void AddCoverage(const CaseList& cases, const CalibrateOptions& options, const CaseMetric& held,
                 const CaseMetric& width, CalibrationReport& report);

/// Case, and its copy in CalibrationReport::after.
struct CalibrationCase {
  /// The case as the model gives it.
  const EvaluatedCase* before;
  /// Its copy, to be changed.
  EvaluatedCase* after;
};

/// Combines the outputs of a model's heads for a case.
inline Measurement ToMeasurement(const EvaluatedCase& c) {
  return ToMeasurement(c.percent, c.regression, c.probabilities ? &*c.probabilities : nullptr);
}

/// Fits the percent's part of the report, or adds to `refused` why it does not.
void CalibratePercent(const std::vector<CalibrationCase>& cases, const CalibrateOptions& options,
                      CalibrationReport& report);
/// Fits the category rule; see CalibratePercent.
void CalibrateCategory(const std::vector<CalibrationCase>& cases, const CalibrateOptions& options,
                       CalibrationReport& report);

}  // namespace mhcnn
