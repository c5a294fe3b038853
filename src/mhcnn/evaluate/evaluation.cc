#include "mhcnn/evaluate/evaluation.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/evaluate/evaluation_lines.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace {

std::vector<std::string> PatientsOf(const CaseList& cases) {
  std::vector<std::string> patients;
  for (const auto* c : cases) patients.push_back(c->patient_id);
  return patients;
}

/// Whether a list of lines has those by woman.
enum class ByWoman { kNo, kYes };

std::vector<MetricRow> LinesOf(const CaseList& cases, const EvaluationOptions& options,
                               bool headlines_only, ByWoman by_woman) {
  std::vector<MetricRow> lines;
  const SectionContext context{options, headlines_only, lines};
  AddSegmentation(cases, context);
  AddPercent(cases, context);
  AddCategory(cases, context);
  if (by_woman == ByWoman::kYes) AddExams(cases, context);
  return lines;
}

constexpr const char *kTrueCategory = "true category", *kVendor = "vendor";

/// Within one true category kappa is 0 and the commonest category always right, whatever was found.
void KeepAccuracyAlone(std::vector<MetricRow>& lines) {
  for (auto& line : lines) {
    if (line.section != ReportSection::kCategory) continue;
    line.baselines.clear();
    if (line.metric == "category accuracy") continue;
    line.estimate = {};
    static_cast<Estimate&>(line.estimate) =
        UndefinedEstimate("within one true category it says nothing");
  }
}

/// By name, which are such that their order is one of meaning.
using Groups = std::map<std::string, CaseList>;

std::string AgeDecade(int years) {
  return fmt::format("{:02}-{:02}", years / 10 * 10, years / 10 * 10 + 9);
}

/// The groups of each kind, in the order in which they are shown; a case without the property is
/// in none.
std::vector<std::pair<std::string, Groups>> GroupsOf(const CaseList& cases) {
  std::vector<std::pair<std::string, Groups>> kinds = {
      {"view", {}}, {kVendor, {}}, {"true percent", {}}, {kTrueCategory, {}}, {"age", {}}};
  for (const auto* c : cases) {
    const auto add = [&](std::size_t kind, const std::string& name) {
      if (!name.empty()) kinds[kind].second[name].push_back(c);
    };
    add(0, ViewName(c->view));
    add(1, c->vendor);
    if (c->true_percent) add(2, PercentBand(*c->true_percent));
    if (c->true_category) add(3, ToLetter(*c->true_category));
    if (c->age_years) add(4, AgeDecade(*c->age_years));
  }
  return kinds;
}

void AddStrata(const CaseList& cases, Evaluation& evaluation) {
  for (const auto& [kind, groups] : GroupsOf(cases)) {
    for (const auto& [name, members] : groups) {
      if (members.size() < evaluation.options.min_stratum_size) {
        evaluation.small_strata.push_back(fmt::format("{} {} ({})", kind, name, members.size()));
        continue;
      }
      // A group by view, percent or category holds some of a woman's images: no exam.
      auto lines = LinesOf(members, evaluation.options, true,
                           kind == kVendor ? ByWoman::kYes : ByWoman::kNo);
      if (kind == kTrueCategory) KeepAccuracyAlone(lines);
      evaluation.strata.push_back(
          {kind, name, members.size(), Clusters(PatientsOf(members)).size(), std::move(lines)});
    }
  }
}

}  // namespace

const char* SectionName(ReportSection section) {
  static constexpr std::array kNames = {"segmentation", "percent", "category",
                                        "exam",         "readers", "coverage"};
  return kNames.at(static_cast<std::size_t>(section));
}

std::string LeftOut(std::size_t all, std::size_t kept, const char* why) {
  return all == kept ? "" : fmt::format("{} left out: {}", all - kept, why);
}

Statistic MeanOf(const std::vector<double>& values, const std::vector<std::size_t>& indices) {
  if (indices.empty()) return Undefined("no case");
  double sum = 0;
  for (const auto i : indices) sum += values[i];
  return Defined(sum / static_cast<double>(indices.size()));
}

void SectionContext::Add(ReportSection section, const CaseList& cases, std::vector<Metric> metrics,
                         const std::string& why_none) const {
  Add(section, PatientsOf(cases), std::move(metrics), why_none);
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
          for (const Metric& metric : metrics) statistics.push_back(metric.of(indices));
          return statistics;
        },
        options.bootstrap);
  }
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    Metric& m = metrics[i];
    if (cases.empty()) m.baselines.clear();
    lines.push_back({section, m.name, m.unit, m.headline, cases.size(), clusters.size(),
                     std::move(estimates[i]), std::move(m.baselines), m.note});
  }
}

std::string PercentBand(double percent) {
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
  CaseList measured;
  for (const auto& c : cases) {
    if (c.measured()) measured.push_back(&c);
  }
  evaluation.measured = measured.size();
  evaluation.not_measured = cases.size() - measured.size();
  evaluation.patients = Clusters(PatientsOf(measured)).size();
  evaluation.lines = LinesOf(measured, options, false, ByWoman::kYes);
  AddExamFailures(cases, {options, false, evaluation.lines});
  evaluation.confusion = ConfusionOf(measured);
  const auto probable = ProbabilitiesOf(measured);
  evaluation.reliability_bins = CalibrationCurve(probable.truth, probable.probabilities);
  AddStrata(measured, evaluation);
  return evaluation;
}

}  // namespace mhcnn
