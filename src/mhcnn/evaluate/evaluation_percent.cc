#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "mhcnn/evaluate/evaluation_sections.h"
#include "mhcnn/stats/agreement.h"
#include "mhcnn/stats/intraclass.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {
namespace {

constexpr const char* kPoints = "points";

using Percent = std::optional<double> EvaluatedCase::*;

struct PercentPairs {
  CaseList cases;
  PairedValues values;
};

PercentPairs CollectPairs(const CaseList& cases, Percent predicted) {
  PercentPairs pairs;
  for (const auto* c : cases) {
    if (!c->true_percent || !(c->*predicted)) continue;
    pairs.cases.push_back(c);
    pairs.values.truth.push_back(*c->true_percent);
    pairs.values.predicted.push_back(*(c->*predicted));
  }
  return pairs;
}

/// Truth and found are the two raters.
IntraclassCorrelations Icc(const PairedValues& values) {
  const auto rows = static_cast<Eigen::Index>(values.truth.size());
  Eigen::MatrixXd ratings(rows, 2);
  for (Eigen::Index i = 0; i < rows; ++i) {
    ratings(i, 0) = values.truth[static_cast<std::size_t>(i)];
    ratings(i, 1) = values.predicted[static_cast<std::size_t>(i)];
  }
  return MeasureIntraclassCorrelations(ratings);
}

struct PercentMetric {
  const char* name;
  const char* unit;
  bool headline;
  Statistic (*of)(const PairedValues&);
  bool against_mean;  ///< a constant has it too
  bool against_otsu;
};

constexpr PercentMetric kMetrics[] = {
    {"MAE", kPoints, true, MeanAbsoluteError, true, true},
    {"RMSE", kPoints, false, RootMeanSquareError, true, true},
    {"bias", kPoints, true, Bias, false, true},
    {"lower limit of agreement", kPoints, false,
     [](const PairedValues& v) { return MeasureBlandAltman(v).lower_limit.value; }, false, false},
    {"upper limit of agreement", kPoints, false,
     [](const PairedValues& v) { return MeasureBlandAltman(v).upper_limit.value; }, false, false},
    {"ICC(2,1)", "", true, [](const PairedValues& v) { return Icc(v).agreement.value; }, false,
     true},
    {"ICC(3,1)", "", false, [](const PairedValues& v) { return Icc(v).consistency.value; }, false,
     true},
    {"concordance", "", false, Concordance, false, true},
    {"Pearson", "", false, [](const PairedValues& v) { return Pearson(v); }, false, true},
    {"Spearman", "", true, [](const PairedValues& v) { return Spearman(v); }, false, true},
};

/// The set's own mean for every image: what knowing the set, but not the picture, gives.
PairedValues AgainstMean(const PairedValues& values) {
  const double mean = std::accumulate(values.truth.begin(), values.truth.end(), 0.0) /
                      static_cast<double>(values.truth.size());
  return {values.truth, std::vector<double>(values.truth.size(), mean)};
}

void AddColumn(const CaseList& cases, Percent predicted, const std::string& column,
               const SectionContext& context) {
  const PercentPairs pairs = CollectPairs(cases, predicted);
  const PercentPairs otsu = CollectPairs(pairs.cases, &EvaluatedCase::otsu_percent);
  const std::size_t lacking = pairs.cases.size() - otsu.cases.size();
  const auto has_truth = [](const EvaluatedCase* c) { return c->true_percent.has_value(); };
  const auto truths = static_cast<std::size_t>(std::ranges::count_if(cases, has_truth));
  const std::string note = LeftOutNote(truths, pairs.cases.size(), "no percent was found");
  std::vector<Metric> metrics;
  for (const PercentMetric& m : kMetrics) {
    Metric metric{"percent " + std::string(m.name) + " (" + column + ")", m.unit, m.headline,
                  [&pairs, of = m.of](const std::vector<std::size_t>& indices) {
                    return of(Select(pairs.values, indices));
                  }};
    if (m.against_mean && !pairs.cases.empty()) {
      metric.baselines.push_back(
          {"the set's mean percent for every image", m.of(AgainstMean(pairs.values))});
    }
    if (m.against_otsu && !otsu.cases.empty()) {
      metric.baselines.push_back({"Otsu within the true breast",
                                  lacking == 0
                                      ? m.of(otsu.values)
                                      : Undefined(fmt::format("not known for {} cases", lacking))});
    }
    metric.note = note;
    metrics.push_back(std::move(metric));
  }
  context.Add(ReportSection::kPercent, pairs.cases, std::move(metrics),
              "no case has both a true and a predicted percent");
}

}  // namespace

void AddPercent(const CaseList& cases, const SectionContext& context) {
  AddColumn(cases, &EvaluatedCase::percent, "masks", context);
  AddColumn(cases, &EvaluatedCase::regression, "regression head", context);
}

}  // namespace mhcnn
