#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "mhcnn/evaluate/evaluation_sections.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {
namespace {

constexpr auto kSection = ReportSection::kExam;
constexpr int kClasses = 4;

/// Facts of all images of an exam, by the rules of studies.csv (results/studies.h).
struct Exam {
  std::string patient;
  std::size_t images = 0, measured = 0;
  std::optional<DensityCategory> truth;  ///< the highest of its images, measured or not
  std::optional<DensityCategory> predicted;
  std::optional<bool> decided;  ///< the ranges of the denser breast hold no b beside a c
  std::optional<double> left_right, view_difference;  ///< amounts, points
};

/// Returns the input of MakeStudies. The path is the place in the list; one study UID joins them.
Result ToResult(const EvaluatedCase& c, std::size_t place) {
  Result result;
  result.metadata.path = std::to_string(place);
  result.metadata.study_uid = "exam";
  result.metadata.laterality = c.laterality;
  result.metadata.view = c.view;
  result.flags = c.flags;
  result.percent_density = c.percent ? c.percent : c.regression;
  if (c.probabilities) {
    result.probabilities = *c.probabilities;
    result.category = c.category.value_or(MostProbableCategory(*c.probabilities));
  }
  result.category_range = c.category_range;
  return result;
}

StudyResult FindStudy(const CaseList& measured) {
  std::vector<Result> results;
  for (std::size_t i = 0; i < measured.size(); ++i) results.push_back(ToResult(*measured[i], i));
  return MakeStudies(results, StudyBy::kAuto).front();
}

/// The images that entered the figures of a breast.
CaseList ListImages(const BreastResult& breast, const CaseList& measured) {
  CaseList used;
  for (const auto& path : breast.paths) used.push_back(measured.at(std::stoul(path)));
  return used;
}

/// Returns the category of the probabilities; if no image has any, the highest of the images.
std::optional<DensityCategory> DecideCategory(const BreastResult& breast, const CaseList& used) {
  auto category = breast.category;
  if (category) return category;
  for (const auto* c : used) category = std::max(category, c->category);
  return category;
}

/// Whether the ranges of all images are on one side of dense (c, d); nothing without ranges.
std::optional<bool> IsDecided(const CaseList& used) {
  bool any = false, dense = false, not_dense = false;
  for (const auto* c : used) {
    if (!c->category_range) continue;
    any = true;
    dense = dense || IsDense(c->category_range->high);
    not_dense = not_dense || !IsDense(c->category_range->low);
  }
  return any ? std::optional(dense != not_dense) : std::nullopt;
}

/// The denser breast decides; where both are alike, both have to.
void AddBreast(const BreastResult& breast, const CaseList& measured, Exam& exam) {
  const CaseList used = ListImages(breast, measured);
  const auto category = DecideCategory(breast, used), before = exam.predicted;
  const auto decided = IsDecided(used);
  exam.predicted = std::max(before, category);
  if (category > before) {
    exam.decided = decided;
  } else if (category == before && exam.decided && decided) {
    exam.decided = *exam.decided && *decided;
  }
}

std::optional<double> Amount(const std::optional<double>& difference) {
  return difference ? std::optional(std::abs(*difference)) : std::nullopt;
}

Exam MakeExam(const CaseList& images) {
  Exam exam;
  CaseList measured;
  for (const auto* c : images) {
    exam.truth = std::max(exam.truth, c->true_category);
    if (c->measured()) measured.push_back(c);
  }
  exam.patient = images.front()->patient_id;
  exam.images = images.size();
  exam.measured = measured.size();
  if (measured.empty()) return exam;
  const StudyResult study = FindStudy(measured);
  for (const auto* breast : {&study.left, &study.right, &study.unknown_side}) {
    if (*breast) AddBreast(**breast, measured, exam);
  }
  exam.left_right = Amount(study.left_right);
  exam.view_difference = Amount(study.view_difference);
  return exam;
}

/// Patient, study and, where neither is known, the image: it is an exam of its own.
using ExamKey = std::tuple<std::string, std::string, std::string>;

/// An image whose study is not known is of the patient's only one, if there is only one.
std::map<ExamKey, CaseList> ImagesByExam(const CaseList& cases) {
  std::map<std::string, std::set<std::string>> studies;
  for (const auto* c : cases) {
    if (!c->patient_id.empty() && !c->study.empty()) studies[c->patient_id].insert(c->study);
  }
  std::map<ExamKey, CaseList> exams;
  for (const auto* c : cases) {
    std::string study = c->study;
    const auto known = studies.find(c->patient_id);
    if (study.empty() && known != studies.end() && known->second.size() == 1)
      study = *known->second.begin();
    const bool alone = c->patient_id.empty() && study.empty();
    exams[{c->patient_id, study, alone ? c->path : ""}].push_back(c);
  }
  return exams;
}

std::vector<Exam> GroupIntoExams(const CaseList& cases) {
  std::vector<Exam> exams;
  for (const auto& [key, images] : ImagesByExam(cases)) exams.push_back(MakeExam(images));
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
  /// Fraction of those whose truth is dense (or is not) that are found so.
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
  const auto dense = static_cast<std::size_t>(
      std::ranges::count_if(truth, [](int category) { return category >= kDense; }));
  std::string rows = "4 x 4 (rows true a to d):";
  for (int t = 0; t < kClasses; ++t) {
    rows += t > 0 ? " /" : "";
    for (int f = 0; f < kClasses; ++f) rows += fmt::format(" {}", table(t, f));
  }
  context.Add(
      kSection, patients,
      {{"exam category accuracy",
        "",
        true,
        of([](const ConfusionMatrix& m) { return Accuracy(m).value; }),
        {{"always the majority class", MajorityClassAccuracy(table)}},
        rows,
        truth.size()},
       {"exam category quadratic kappa", "", true,
        of([](const ConfusionMatrix& m) { return Kappa(m, KappaWeights::kQuadratic); })},
       {"exam category linear kappa", "", true,
        of([](const ConfusionMatrix& m) { return Kappa(m, KappaWeights::kLinear); })},
       {"exam dense sensitivity", "", true, predicted_so(true), {}, "", dense},
       {"exam dense specificity", "", true, predicted_so(false), {}, "", truth.size() - dense}},
      "no exam has both a true and a predicted category");
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
                [&undecided](const auto& indices) { return MeanAtIndices(undecided, indices); },
                {},
                "the ranges of the denser breast contain b and c",
                undecided.size()}},
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
  context.Add(kSection, patients,
              {{name, "points", false,
                [&values](const auto& indices) { return MeanAtIndices(values, indices); }}},
              "");
}

}  // namespace

void AddExamFailures(const CaseList& cases, const SectionContext& context) {
  const std::vector<Exam> exams = GroupIntoExams(cases);
  if (exams.size() == cases.size()) return;
  std::vector<double> none, part;
  std::vector<std::string> patients;
  for (const Exam& exam : exams) {
    none.push_back(exam.measured == 0 ? 1 : 0);
    part.push_back(exam.measured > 0 && exam.measured < exam.images ? 1 : 0);
    patients.push_back(exam.patient);
  }
  context.Add(kSection, patients,
              {{"exam not measured, share",
                "",
                true,
                [&none](const auto& indices) { return MeanAtIndices(none, indices); },
                {},
                "",
                exams.size()},
               {"exam measured in part, share",
                "",
                false,
                [&part](const auto& indices) { return MeanAtIndices(part, indices); },
                {},
                "",
                exams.size()}},
              "");
}

void AddExams(const CaseList& cases, const SectionContext& context) {
  const std::vector<Exam> exams = GroupIntoExams(cases);
  const bool any = std::ranges::any_of(exams, [](const Exam& e) { return e.truth && e.predicted; });
  // Where each exam has one image its figures stand above.
  if (exams.size() == cases.size()) return;
  if (any) AddCategories(exams, context);
  AddUndecided(exams, context);
  AddDifference(exams, "exam left - right, mean amount", &Exam::left_right, context);
  AddDifference(exams, "exam CC - MLO, mean amount", &Exam::view_difference, context);
}

}  // namespace mhcnn
