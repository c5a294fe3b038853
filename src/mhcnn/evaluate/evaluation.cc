#include "mhcnn/evaluate/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/evaluate/evaluation_sections.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace {

std::vector<std::string> ListPatients(const CaseList& cases) {
  std::vector<std::string> patients;
  for (const auto* c : cases) patients.push_back(c->patient_id);
  return patients;
}

CaseList SelectMeasured(const CaseList& cases) {
  CaseList measured;
  for (const auto* c : cases) {
    if (c->measured()) measured.push_back(c);
  }
  return measured;
}

/// The sections by image.
void AddByImage(const CaseList& measured, const SectionContext& context) {
  AddSegmentation(measured, context);
  AddPercent(measured, context);
  AddCategory(measured, context);
}

void AddFailures(const CaseList& cases, const SectionContext& context) {
  std::vector<double> failed;
  for (const auto* c : cases) failed.push_back(c->measured() ? 0 : 1);
  context.Add(ReportSection::kFailures, cases,
              {{"not measured, share",
                "",
                true,
                [&failed](const auto& indices) { return MeanAtIndices(failed, indices); },
                {},
                fmt::format("{} of {} images", std::ranges::count(failed, 1), failed.size()),
                failed.size()}},
              "");
}

constexpr const char *kTrueCategory = "true category", *kVendor = "vendor";

/// Within one true category kappa is 0 and the most frequent category always right, whatever was
/// found.
void KeepAccuracyAlone(std::vector<MetricRow>& lines) {
  for (auto& line : lines) {
    if (line.section != ReportSection::kCategory) continue;
    line.baselines.clear();
    if (line.metric == "category accuracy") continue;
    line.estimate = {};
    static_cast<Estimate&>(line.estimate) =
        UndefinedEstimate("this figure has no meaning within one true category");
  }
}

/// Groups by name; the names sort in the order of their meaning.
using Groups = std::map<std::string, CaseList>;

std::string AgeDecade(int years) {
  return fmt::format("{:02}-{:02}", years / 10 * 10, years / 10 * 10 + 9);
}

/// The groups of each kind, in the order in which they are shown; a case without the property is
/// in none.
std::vector<std::pair<std::string, Groups>> GroupCases(const CaseList& cases) {
  std::vector<std::pair<std::string, Groups>> kinds = {
      {"view", {}}, {kVendor, {}}, {"true percent", {}}, {kTrueCategory, {}}, {"age", {}}};
  for (const auto* c : cases) {
    const auto add = [&](std::size_t kind, const std::string& name) {
      if (!name.empty()) kinds[kind].second[name].push_back(c);
    };
    add(0, ViewName(c->view));
    add(1, c->vendor);
    if (c->true_percent) add(2, PercentBandName(*c->true_percent));
    if (c->true_category) add(3, ToLetter(*c->true_category));
    if (c->age_years) add(4, AgeDecade(*c->age_years));
  }
  return kinds;
}

/// `cases`: those of the stratum, measured or not.
Stratum MakeStratum(const std::string& kind, const std::string& name, const CaseList& cases,
                    const EvaluationOptions& options) {
  const CaseList measured = SelectMeasured(cases);
  Stratum stratum{kind, name, measured.size(), Clusters(ListPatients(measured)).size(), {}, {}};
  const SectionContext context{options, true, stratum.lines};
  const bool enough = measured.size() >= options.min_stratum_size;
  if (enough) AddByImage(measured, context);
  if (kind == kTrueCategory) KeepAccuracyAlone(stratum.lines);
  // A group by view, percent or category holds some images of an exam: it has no exams. Vendors
  // alone have failures, as a file that cannot be measured mostly states its vendor.
  if (kind != kVendor) return stratum;
  if (enough) AddExams(cases, context);
  stratum.not_measured = cases.size() - measured.size();
  AddFailures(cases, context);
  AddExamFailures(cases, context);
  return stratum;
}

/// `cases`: all, measured or not.
void AddStrata(const CaseList& cases, Evaluation& evaluation) {
  for (const auto& [kind, groups] : GroupCases(cases)) {
    for (const auto& [name, members] : groups) {
      const std::size_t count = kind == kVendor ? members.size() : SelectMeasured(members).size();
      if (count >= evaluation.options.min_stratum_size) {
        evaluation.strata.push_back(MakeStratum(kind, name, members, evaluation.options));
      } else if (count > 0) {
        evaluation.small_strata.push_back(fmt::format("{} {} ({})", kind, name, count));
      }
    }
  }
}

/// Gives a fraction of independent cases Wilson's interval where the bootstrap has none.
void UseWilson(std::size_t share_of, const Clusters& clusters, double coverage,
               BootstrapEstimate& estimate) {
  const bool independent = clusters.size() == clusters.cases() && clusters.size() > 1;
  if (share_of == 0 || !independent || !estimate.value.defined() || estimate.low.defined()) return;
  const double successes = *estimate.value.value * static_cast<double>(share_of);
  estimate.warning = "Wilson's interval, as the bootstrap gives none: " + estimate.low.undefined;
  const Estimate fraction =
      Proportion(std::llround(successes), static_cast<std::int64_t>(share_of), coverage);
  estimate.low = fraction.low;
  estimate.high = fraction.high;
}

}  // namespace

const char* SectionName(ReportSection section) {
  static constexpr std::array kNames = {"segmentation", "percent",  "category", "exam",
                                        "readers",      "coverage", "failures"};
  return kNames.at(static_cast<std::size_t>(section));
}

std::string LeftOutNote(std::size_t all, std::size_t kept, const char* why) {
  return all == kept ? "" : fmt::format("{} left out: {}", all - kept, why);
}

Statistic MeanAtIndices(const std::vector<double>& values,
                        const std::vector<std::size_t>& indices) {
  if (indices.empty()) return Undefined("no case");
  double sum = 0;
  for (const auto i : indices) sum += values[i];
  return Defined(sum / static_cast<double>(indices.size()));
}

void SectionContext::Add(ReportSection section, const CaseList& cases, std::vector<Metric> metrics,
                         const std::string& why_none) const {
  Add(section, ListPatients(cases), std::move(metrics), why_none);
}

void SectionContext::Add(ReportSection section, const std::vector<std::string>& cases,
                         std::vector<Metric> metrics, const std::string& why_none) const {
  if (headlines_only) std::erase_if(metrics, [](const Metric& metric) { return !metric.headline; });
  if (metrics.empty()) return;
  const Clusters clusters(cases);
  std::vector<BootstrapEstimate> estimates;
  if (cases.empty()) {
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      static_cast<Estimate&>(estimates.emplace_back()) = UndefinedEstimate(why_none);
    }
  } else {
    estimates = ClusterBootstrap(
        clusters,
        [&](const std::vector<std::size_t>& indices) {
          std::vector<Statistic> statistics;
          statistics.reserve(metrics.size());
          for (const Metric& metric : metrics) statistics.push_back(metric.of(indices));
          return statistics;
        },
        options.bootstrap);
  }
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    Metric& m = metrics[i];
    if (cases.empty()) m.baselines.clear();
    UseWilson(m.share_of, clusters, options.bootstrap.coverage, estimates[i]);
    lines.push_back({section, m.name, m.unit, m.headline, cases.size(), clusters.size(),
                     std::move(estimates[i]), std::move(m.baselines), m.note});
  }
}

std::string PercentBandName(double percent) {
  if (percent < 10) return "0 to 10 %";
  return percent < 25 ? "10 to 25 %" : percent < 50 ? "25 to 50 %" : "50 to 100 %";
}

const MetricRow& Evaluation::Row(const std::string& metric) const {
  for (const auto& line : lines) {
    if (line.metric == metric) return line;
  }
  throw Error(ErrorCode::kInternal, "no line '" + metric + "'");
}

void EvaluationOptions::Check() const {
  scoring.Check();
  bootstrap.Check();
  CheckAtLeast("min_stratum_size", static_cast<double>(min_stratum_size), 1);
}

Evaluation Evaluate(const std::vector<EvaluatedCase>& cases, const EvaluationOptions& options) {
  options.Check();
  Evaluation evaluation;
  evaluation.options = options;
  CaseList all;
  for (const auto& c : cases) all.push_back(&c);
  const CaseList measured = SelectMeasured(all);
  evaluation.measured = measured.size();
  evaluation.not_measured = cases.size() - measured.size();
  evaluation.patients = Clusters(ListPatients(measured)).size();
  const SectionContext context{options, false, evaluation.lines};
  AddByImage(measured, context);
  AddExams(all, context);
  AddExamFailures(all, context);
  evaluation.confusion = CountConfusion(measured);
  const auto probable = CollectProbabilities(measured);
  evaluation.reliability_bins = CalibrationCurve(probable.truth, probable.probabilities);
  AddStrata(all, evaluation);
  return evaluation;
}

}  // namespace mhcnn
