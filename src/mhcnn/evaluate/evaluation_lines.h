#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluation.h"

namespace mhcnn {

// How the sections of an evaluation make their lines; for evaluation*.cc alone.

/// Pointers into a list of measured cases that outlives them.
using CaseList = std::vector<const EvaluatedCase*>;

/// A figure to be computed of some cases, given by their indices.
struct Metric {
  std::string name, unit;
  bool main = false;
  std::function<Statistic(const std::vector<std::size_t>&)> of;
  std::vector<Baseline> baselines{};
  std::string note{};
};

/// What all sections need to know.
struct SectionContext {
  const EvaluationOptions& options;
  bool main_only = false;  ///< for a stratum
  std::vector<EvaluationLine>& lines;

  /// Adds a line for each metric, with one bootstrap of `cases` for all. `why_none` is the reason
  /// where there is no case at all.
  void Add(const std::string& section, const CaseList& cases, std::vector<Metric> metrics,
           const std::string& why_none) const;
  /// The same of cases of which only the patients are told.
  void Add(const std::string& section, const std::vector<std::string>& patients,
           std::vector<Metric> metrics, const std::string& why_none) const;
};

/// "3 left out: why", empty where `kept` of `all` are all.
std::string LeftOut(std::size_t all, std::size_t kept, const char* why);

/// The mean of those of `values` that are drawn.
Statistic MeanOf(const std::vector<double>& values, const std::vector<std::size_t>& indices);

void AddSegmentation(const CaseList& cases, const SectionContext& context);
void AddPercent(const CaseList& cases, const SectionContext& context);
void AddCategory(const CaseList& cases, const SectionContext& context);
/// By woman: all her images together. No line where each has one image.
void AddExams(const CaseList& cases, const SectionContext& context);
/// The cases that have a true and a predicted category.
CaseList WithCategories(const CaseList& cases);
ConfusionMatrix ConfusionOf(const CaseList& cases);
/// Truth and probabilities of the cases that have both.
struct TruthAndProbabilities {
  CaseList cases;
  std::vector<int> truth;
  Probabilities probabilities;
};
TruthAndProbabilities ProbabilitiesOf(const CaseList& cases);

}  // namespace mhcnn
