#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "mhcnn/evaluate/evaluation_lines.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/stats/proportional_odds.h"

namespace mhcnn {
namespace {

constexpr auto kSection = ReportSection::kExam;
constexpr int kClasses = 4;

/// What a woman's images say together: the views of a breast are averaged, the denser breast
/// decides, as in studies.csv.
struct Exam {
  std::string patient;
  std::optional<DensityCategory> truth, predicted;
  std::optional<bool> decided;  ///< the ranges of the denser breast hold no b beside a c
  std::optional<double> left_right, view_difference;  ///< amounts, points
};

struct Breast {
  std::map<View, std::vector<const EvaluatedCase*>> views;
};

std::optional<double> MeanPercent(const std::vector<const EvaluatedCase*>& cases) {
  double sum = 0;
  int count = 0;
  for (const auto* c : cases) {
    const auto& percent = c->percent ? c->percent : c->regression;
    if (!percent) continue;
    sum += *percent;
    ++count;
  }
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

/// The median category after the views' probabilities are averaged; without probabilities the
/// highest that a view has.
std::optional<DensityCategory> PredictedCategory(const Breast& breast) {
  std::vector<double> mean(kClasses, 0);
  std::optional<DensityCategory> highest;
  std::size_t views = 0;
  for (const auto& [view, cases] : breast.views) {
    for (const auto* c : cases) {
      highest = std::max(highest, c->category);
      if (!c->probabilities) continue;
      for (std::size_t k = 0; k < kClasses; ++k) mean[k] += (*c->probabilities)[k];
      ++views;
    }
  }
  if (views == 0) return highest;
  for (double& p : mean) p /= static_cast<double>(views);
  return CategoryFromIndex(MedianCategory(mean));
}

/// Whether the ranges of all views are on one side of dense (c, d); nothing without ranges.
std::optional<bool> IsDecided(const Breast& breast) {
  bool any = false, dense = false, not_dense = false;
  for (const auto& [view, cases] : breast.views) {
    for (const auto* c : cases) {
      if (!c->category_range) continue;
      any = true;
      dense = dense || c->category_range->high >= DensityCategory::kC;
      not_dense = not_dense || c->category_range->low < DensityCategory::kC;
    }
  }
  return any ? std::optional(dense != not_dense) : std::nullopt;
}

std::optional<double> PercentOf(const Breast& breast) {
  double sum = 0;
  int count = 0;
  for (const auto& [view, cases] : breast.views) {
    if (const auto percent = MeanPercent(cases)) sum += *percent, ++count;
  }
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

/// Whose patient is not known is a woman of its own.
std::string PatientKey(const EvaluatedCase& c) {
  return c.patient_id.empty() ? "\n" + c.path : c.patient_id;
}

std::vector<Exam> ExamsOf(const CaseList& cases) {
  std::map<std::string, std::map<Laterality, Breast>> women;
  std::map<std::string, std::optional<DensityCategory>> truths;
  for (const auto* c : cases) {
    const std::string key = PatientKey(*c);
    women[key][c->laterality].views[c->view].push_back(c);
    auto& truth = truths[key];
    truth = std::max(truth, c->true_category);
  }
  std::vector<Exam> exams;
  for (auto& [key, breasts] : women) {
    Exam exam;
    exam.patient = key.front() == '\n' ? "" : key;
    exam.truth = truths[key];
    for (const auto& [side, breast] : breasts) {
      const auto category = PredictedCategory(breast), before = exam.predicted;
      exam.predicted = std::max(before, category);
      const auto decided = IsDecided(breast);
      if (category > before) {
        exam.decided = decided;
      } else if (category == before && exam.decided && decided) {
        exam.decided = *exam.decided && *decided;  // both breasts decide
      }
      const auto cc = breast.views.find(View::kCC), mlo = breast.views.find(View::kMLO);
      if (cc == breast.views.end() || mlo == breast.views.end()) continue;
      const auto first = MeanPercent(cc->second), second = MeanPercent(mlo->second);
      if (first && second)
        exam.view_difference =
            std::max(exam.view_difference.value_or(0), std::abs(*first - *second));
    }
    if (breasts.contains(Laterality::kLeft) && breasts.contains(Laterality::kRight)) {
      const auto left = PercentOf(breasts.at(Laterality::kLeft)),
                 right = PercentOf(breasts.at(Laterality::kRight));
      if (left && right) exam.left_right = std::abs(*left - *right);
    }
    exams.push_back(std::move(exam));
  }
  return exams;
}

void AddCategories(const std::vector<Exam>& exams, const SectionContext& context) {
  std::vector<int> truth, predicted;
  std::vector<std::string> patients;
  for (const Exam& exam : exams) {
    if (!exam.truth || !exam.predicted) continue;
    truth.push_back(ToIndex(*exam.truth));
    predicted.push_back(ToIndex(*exam.predicted));
    patients.push_back(exam.patient);
  }
  const auto of = [&](auto statistic) {
    return [&truth, &predicted, statistic](const std::vector<std::size_t>& indices) {
      ConfusionMatrix matrix = ConfusionMatrix::Zero(kClasses, kClasses);
      for (const auto i : indices) ++matrix(truth[i], predicted[i]);
      return statistic(matrix);
    };
  };
  constexpr int kDense = ToIndex(DensityCategory::kC);  // c and d are dense
  /// Share of those whose truth is dense (or is not) that are found so.
  const auto predicted_so = [&](bool dense) {
    return [&truth, &predicted, dense](const std::vector<std::size_t>& indices) {
      double right = 0, all = 0;
      for (const auto i : indices) {
        if ((truth[i] >= kDense) != dense) continue;
        right += (predicted[i] >= kDense) == dense;
        ++all;
      }
      return all > 0 ? Defined(right / all)
                     : Undefined(dense ? "no exam is c or d" : "no exam is a or b");
    };
  };
  ConfusionMatrix table = ConfusionMatrix::Zero(kClasses, kClasses);
  for (std::size_t i = 0; i < truth.size(); ++i) ++table(truth[i], predicted[i]);
  std::string rows = "4 x 4 (rows true a to d):";
  for (int t = 0; t < kClasses; ++t) {
    rows += t > 0 ? " /" : "";
    for (int f = 0; f < kClasses; ++f) rows += fmt::format(" {}", table(t, f));
  }
  context.Add(kSection, patients,
              {{"exam category accuracy",
                "",
                true,
                of([](const ConfusionMatrix& m) { return Accuracy(m).value; }),
                {{"always the commonest", MajorityClassAccuracy(table)}},
                rows},
               {"exam category quadratic kappa", "", true,
                of([](const ConfusionMatrix& m) { return Kappa(m, KappaWeights::kQuadratic); })},
               {"exam category linear kappa", "", false,
                of([](const ConfusionMatrix& m) { return Kappa(m, KappaWeights::kLinear); })},
               {"exam dense sensitivity", "", true, predicted_so(true)},
               {"exam dense specificity", "", true, predicted_so(false)}},
              "no exam has a true category and one found");
}

/// How many exams the calibrated ranges leave open: whether they are dense is not told.
void AddUndecided(const std::vector<Exam>& exams, const SectionContext& context) {
  std::vector<double> undecided;
  std::vector<std::string> patients;
  for (const Exam& exam : exams) {
    if (!exam.decided) continue;
    undecided.push_back(*exam.decided ? 0 : 1);
    patients.push_back(exam.patient);
  }
  if (undecided.empty()) return;
  context.Add(kSection, patients,
              {{"exam dense undecided, share",
                "",
                true,
                [&undecided](const auto& indices) { return MeanOf(undecided, indices); },
                {},
                "the ranges of the denser breast contain b and c"}},
              "");
}

void AddDifference(const std::vector<Exam>& exams, const std::string& name,
                   std::optional<double> Exam::*difference, const SectionContext& context) {
  std::vector<double> values;
  std::vector<std::string> patients;
  for (const Exam& exam : exams) {
    if (!(exam.*difference)) continue;
    values.push_back(*(exam.*difference));
    patients.push_back(exam.patient);
  }
  if (values.empty()) return;
  context.Add(
      kSection, patients,
      {{name, "points", false, [&values](const auto& indices) { return MeanOf(values, indices); }}},
      "");
}

}  // namespace

void AddExamFailures(const std::vector<EvaluatedCase>& cases, const SectionContext& context) {
  struct Counts {
    int images = 0, failed = 0;
  };
  std::map<std::string, Counts> women;
  for (const auto& c : cases) {
    Counts& counts = women[PatientKey(c)];
    ++counts.images;
    counts.failed += !c.measured();
  }
  if (women.size() == cases.size()) return;
  std::vector<double> none, part;
  std::vector<std::string> patients;
  for (const auto& [key, counts] : women) {
    none.push_back(counts.failed == counts.images ? 1 : 0);
    part.push_back(counts.failed > 0 && counts.failed < counts.images ? 1 : 0);
    patients.push_back(key);
  }
  context.Add(kSection, patients,
              {{"exam not measured, share", "", true,
                [&none](const auto& indices) { return MeanOf(none, indices); }},
               {"exam measured in part, share", "", false,
                [&part](const auto& indices) { return MeanOf(part, indices); }}},
              "");
}

void AddExams(const CaseList& cases, const SectionContext& context) {
  const std::vector<Exam> exams = ExamsOf(cases);
  const bool any = std::ranges::any_of(exams, [](const Exam& e) { return e.truth && e.predicted; });
  // Where each woman has one image an exam is that image, and the figures stand above.
  if (exams.size() == cases.size()) return;
  if (any) AddCategories(exams, context);
  AddUndecided(exams, context);
  AddDifference(exams, "exam left - right, mean amount", &Exam::left_right, context);
  AddDifference(exams, "exam CC - MLO, mean amount", &Exam::view_difference, context);
}

}  // namespace mhcnn
