#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluation.h"

namespace mhcnn {

// How the sections of an evaluation make their lines; for evaluation*.cc alone.

/// Pointers into a list of cases that outlives them.
using CaseList = std::vector<const EvaluatedCase*>;

/// Figure that is computed from some cases, given by their indices.
struct Metric {
  /// As MetricRow::metric and MetricRow::unit.
  std::string name, unit;
  /// As MetricRow::headline.
  bool headline = false;
  /// Computes the value for the cases at these indices.
  std::function<Statistic(const std::vector<std::size_t>&)> of;
  /// As MetricRow::baselines.
  std::vector<Baseline> baselines{};
  /// As MetricRow::note.
  std::string note{};
  /// Number of cases of which the value is a fraction, each 0 or 1; 0 if it is no such fraction.
  std::size_t share_of = 0;
};

/// Common data of all sections.
struct SectionContext {
  /// How the evaluation is computed.
  const EvaluationOptions& options;
  bool headlines_only = false;  ///< whether only headline metrics are added, for a stratum
  /// Where lines are added.
  std::vector<MetricRow>& lines;

  /// Adds a line for each metric, with one bootstrap of `cases` for all. A fraction of independent
  /// cases has Wilson's interval where the bootstrap gives none. `why_none` is the reason where
  /// there is no case at all.
  void Add(ReportSection section, const CaseList& cases, std::vector<Metric> metrics,
           const std::string& why_none) const;
  /// Adds lines for cases of which only the patients are known.
  void Add(ReportSection section, const std::vector<std::string>& patients,
           std::vector<Metric> metrics, const std::string& why_none) const;
};

/// Returns "3 left out: why"; empty if `kept` of `all` are all.
std::string LeftOutNote(std::size_t all, std::size_t kept, const char* why);

/// Returns the mean of the values at these indices.
Statistic MeanAtIndices(const std::vector<double>& values, const std::vector<std::size_t>& indices);

// The sections below take measured cases; those that take others say so.

/// Adds the section "segmentation".
void AddSegmentation(const CaseList& cases, const SectionContext& context);
/// Adds the section "percent".
void AddPercent(const CaseList& cases, const SectionContext& context);
/// Adds the section "category".
void AddCategory(const CaseList& cases, const SectionContext& context);
/// Adds the figures by exam: all its images together. `cases` are all cases: those that were not
/// measured count for the true category only. Adds no line if each exam has one image.
void AddExams(const CaseList& cases, const SectionContext& context);
/// Adds how many exams have no image, or not all images, that could be measured; `cases` are all
/// cases. Adds no line if each exam has one image.
void AddExamFailures(const CaseList& cases, const SectionContext& context);
/// Returns the cases that have a true and a predicted category.
CaseList WithCategories(const CaseList& cases);
/// Counts the cases by true and predicted category.
ConfusionMatrix CountConfusion(const CaseList& cases);
/// Truth and probabilities of the cases that have both.
struct TruthAndProbabilities {
  /// The cases that have both.
  CaseList cases;
  /// True categories.
  std::vector<int> truth;
  /// A row for each case.
  Probabilities probabilities;
};
/// Collects the cases that have a true category and probabilities.
TruthAndProbabilities CollectProbabilities(const CaseList& cases);

}  // namespace mhcnn
