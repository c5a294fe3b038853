#include "mhcnn/calibrate/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/random.h"
#include "mhcnn/calibrate/calibrate_parts.h"
#include "mhcnn/stats/agreement.h"

namespace mhcnn {

void CalibrateOptions::Check() const {
  CheckRange("coverage", coverage, 0.5, 0.95);  // more needs more images than a site has
  CheckAtLeast("folds", folds, 2);
  bootstrap.Check();
}

std::vector<int> FoldsByPatient(const CaseList& cases, int folds, std::uint64_t seed) {
  std::vector<std::string> patients;
  for (const auto* c : cases) patients.push_back(c->patient_id);
  const Clusters clusters(patients);
  std::vector<std::size_t> order(clusters.size());
  RandomStream random(seed);
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
    std::swap(order[i], order[random.Integer(static_cast<std::uint32_t>(i + 1))]);
  }
  std::vector<int> fold_of(cases.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (const auto member : clusters.members()[order[i]])
      fold_of[member] = static_cast<int>(i % static_cast<std::size_t>(folds));
  }
  return fold_of;
}

std::string FindSampleSizeProblem(const std::string& part, const CaseList& cases,
                                  const SampleSize& least) {
  if (cases.size() < least.images) {
    return fmt::format("{0}: {1} images have a {0}, {2} are needed", part, cases.size(),
                       least.images);
  }
  std::vector<std::string> ids;
  for (const auto* c : cases) ids.push_back(c->patient_id);
  const std::size_t patients = Clusters(ids).size();
  return patients < least.patients
             ? fmt::format("{0}: the images with a {0} are of {1} patients, {2} are needed", part,
                           patients, least.patients)
             : "";
}

std::string FindMonotonicityProblem(const std::string& part, const PairedValues& values) {
  constexpr double kNormalQuantile = 1.645;  // 5 % lie above it
  const Statistic rank = Spearman(values);
  if (!rank.defined()) return fmt::format("{}: {}", part, rank.undefined);
  const auto images = static_cast<double>(values.truth.size());
  if (*rank.value * std::sqrt(images - 1) > kNormalQuantile) return "";
  return fmt::format(
      "{}: the readers' values do not rise with the values of the model (rank correlation {:.2f}, "
      "{} "
      "images); "
      "check that each row belongs to its image and that the scale is not reversed",
      part, *rank.value, values.truth.size());
}

void AddCoverage(const CaseList& cases, const CalibrateOptions& options, const CaseMetric& held,
                 const CaseMetric& width, CalibrationReport& report) {
  const auto metric = [](const CaseMetric& figure) {
    return Metric{figure.name, figure.unit, true, [&values = figure.values](const auto& indices) {
                    return MeanAtIndices(values, indices);
                  }};
  };
  EvaluationOptions evaluation;
  evaluation.bootstrap = options.bootstrap;
  SectionContext{evaluation, false, report.lines}.Add(ReportSection::kCoverage, cases,
                                                      {metric(held), metric(width)}, "");
}

void CheckUncalibrated(const std::vector<EvaluatedCase>& cases) {
  const std::string mark = MakeCalibratedName("", "");
  for (const auto& c : cases) {
    if (!c.category_range && c.method.find(mark) == std::string::npos) continue;
    throw Error(ErrorCode::kUsage,
                "was measured with a calibration ('" + c.method +
                    "'); a new calibration needs results without calibration",
                c.path, "evaluate again with mhcnn evaluate --no-calibration");
  }
}

CalibrationReport Calibrate(const std::vector<EvaluatedCase>& cases,
                            const CalibrateOptions& options) {
  options.Check();
  CalibrationReport report;
  for (const auto& c : cases) {
    if (c.measured()) report.before.push_back(c);
  }
  report.after = report.before;
  std::vector<CalibrationCase> pairs;
  for (std::size_t i = 0; i < report.before.size(); ++i) {
    report.after[i].method += ", calibrated";
    pairs.push_back({&report.before[i], &report.after[i]});
  }
  report.calibration.name = options.name;
  CalibratePercent(pairs, options, report);
  CalibrateCategory(pairs, options, report);
  return report;
}

}  // namespace mhcnn
