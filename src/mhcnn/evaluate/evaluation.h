#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mhcnn/evaluate/case_scoring.h"
#include "mhcnn/evaluate/evaluated_case.h"
#include "mhcnn/stats/bootstrap.h"
#include "mhcnn/stats/confusion.h"
#include "mhcnn/stats/probabilities.h"

namespace mhcnn {

/// Value of a trivial method on the same cases.
struct Baseline {
  /// Name of the baseline.
  std::string name;
  /// Value of the metric.
  Statistic value;
};

/// Parts of a report.
enum class ReportSection {
  kSegmentation,
  kPercent,
  kCategory,
  kExam,      ///< results of all images of an exam
  kReaders,   ///< agreement between readers
  kCoverage,  ///< of a calibration: how often intervals and ranges contain the truth
  kFailures   ///< images that were not measured
};
/// Returns the word in files: "segmentation", "percent", "category", "exam", "readers", "coverage",
/// "failures".
const char* SectionName(ReportSection section);

/// One figure of a report. docs/evaluation.md defines each.
struct MetricRow {
  ReportSection section{};  ///< section of the report
  std::string metric;       ///< e.g. "Dice dense"; unique within an evaluation
  std::string unit;         ///< "points" (of percent), "mm", "pixels"; empty for a bare number
  bool headline = false;    ///< whether it is one of the few to show first, and for each stratum
  /// Cases and patients that enter the value.
  std::size_t cases = 0, patients = 0;
  BootstrapEstimate estimate;  ///< interval by patient
  /// Trivial methods on the same cases.
  std::vector<Baseline> baselines;
  std::string note;  ///< e.g. how many cases do not count, and why
};

/// The headline metrics of a part of the cases.
struct Stratum {
  std::string kind, name;  ///< "view" and "MLO"
  /// Measured cases of the part, and their patients.
  std::size_t cases = 0, patients = 0;
  /// Cases of a vendor that were not measured; empty for the other kinds.
  std::optional<std::size_t> not_measured;
  /// Headline metrics; for a vendor with too few measured cases only the metrics of failures.
  std::vector<MetricRow> lines;
};

/// Options of an evaluation.
struct EvaluationOptions {
  ScoringOptions scoring;  ///< options by which the cases were scored
  /// Options of the intervals.
  BootstrapOptions bootstrap;
  /// Smallest number of cases of a stratum with figures of its own. A vendor with as many, of which
  /// fewer are measured, has only its failures.
  std::size_t min_stratum_size = 5;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// All figures of a method on a set of cases.
struct Evaluation {
  /// Options of its computation.
  EvaluationOptions options;
  std::size_t measured = 0, not_measured = 0, patients = 0;  ///< patients of measured cases
  /// All lines, by section.
  std::vector<MetricRow> lines;
  /// True category by row, predicted category by column.
  ConfusionMatrix confusion = ConfusionMatrix::Zero(4, 4);
  std::vector<CalibrationBin> reliability_bins;  ///< empty where no case has probabilities
  /// Groups of cases with figures of their own.
  std::vector<Stratum> strata;
  std::vector<std::string> small_strata;  ///< strata with too few cases, with their numbers

  /// Returns a line. Throws Error(kInternal) if there is no such line.
  const MetricRow& Row(const std::string& metric) const;
};

/// Evaluates cases. Those that were not measured are counted, also for each vendor, and give their
/// exams a true category; they are used for nothing else.
Evaluation Evaluate(const std::vector<EvaluatedCase>& cases, const EvaluationOptions& options = {});

/// Returns a true percent's band for strata: "0 to 10 %" (below 10), "10 to 25 %" (below 25), ….
std::string PercentBandName(double percent);

}  // namespace mhcnn
