#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "analyze/analyzer.h"
#include "data/manifest.h"
#include "stats/metrics.h"

namespace mhcnn {

/// One sample's truth beside what was found; fields stay empty where the truth lacks.
struct EvaluatedCase {
  std::string path, error;
  std::optional<double> breast_dice, dense_dice, pectoral_dice, otsu_dice;
  std::optional<double> true_percent, percent, regression, otsu_percent;
  std::optional<int> true_category, category;
};

struct EvaluationLine {
  std::string metric;
  std::size_t cases = 0;
  Interval ours{};
  std::string baseline;  ///< what the baseline is
  std::optional<double> baseline_value;
};

/// Runs the analyzer over the samples and scores it against their truth. Truth percent is the
/// sample's, or that of its masks. Baselines: an Otsu threshold inside the TRUE breast mask (Otsu
/// 1979), and the set's mean percent for all.
std::vector<EvaluatedCase> EvaluateSamples(const Analyzer& analyzer,
                                           const std::vector<Sample>& samples, int workers);
/// Summary with 95 % bootstrap intervals over the cases.
std::vector<EvaluationLine> Summarise(const std::vector<EvaluatedCase>& cases);
nlohmann::json EvaluationJson(const std::vector<EvaluatedCase>& cases,
                              const std::vector<EvaluationLine>& summary, const ModelCard& card);

}  // namespace mhcnn
