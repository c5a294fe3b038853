#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "mhcnn/evaluate/evaluation_sections.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/stats/values.h"

namespace mhcnn {
namespace {

constexpr auto kSection = ReportSection::kCategory;
constexpr int kClasses = 4;

std::string Letter(std::size_t index) {
  return ToLetter(CategoryFromIndex(static_cast<std::int64_t>(index)));
}

/// The library counts categories from 0; readers know letters.
Statistic WithLetters(Statistic statistic) {
  std::string& why = statistic.undefined;
  if (why.find("category") != std::string::npos && why.back() >= '0' &&
      why.back() < '0' + kClasses) {
    why.back() = ToLetter(CategoryFromIndex(why.back() - '0')).front();
  }
  return statistic;
}

/// Macro F1 over the categories of the whole sample: without one of them a resample would give
/// another quantity.
Statistic MacroF1AllCategories(const ConfusionMatrix& whole, const ConfusionMatrix& drawn) {
  const auto f1 = F1PerClass(drawn), wanted = F1PerClass(whole);
  std::vector<Statistic> defined;
  for (std::size_t c = 0; c < f1.size(); ++c) {
    if (!wanted[c].defined()) continue;
    if (!f1[c].defined()) return f1[c];
    defined.push_back(f1[c]);
  }
  return defined.empty() ? MacroF1(drawn) : MeanDefined(defined);
}

std::size_t CountCategory(const std::vector<int>& truth, std::size_t category) {
  return static_cast<std::size_t>(std::ranges::count(truth, static_cast<int>(category)));
}

std::string ToNumber(const std::vector<int>& truth, std::size_t category) {
  return fmt::format("{} of category {}", CountCategory(truth, category), Letter(category));
}

/// `true_categories`: cases that have one, found or not.
void AddPredicted(const CaseList& cases, std::size_t true_categories,
                  const SectionContext& context) {
  std::vector<int> truth, predicted;
  for (const auto* c : cases) {
    truth.push_back(ToIndex(*c->true_category));
    predicted.push_back(ToIndex(*c->category));
  }
  const auto of = [&](auto statistic) {
    return [&truth, &predicted, statistic](const std::vector<std::size_t>& indices) {
      return statistic(Confusion(Select(truth, indices), Select(predicted, indices), kClasses));
    };
  };
  const ConfusionMatrix all = Confusion(truth, predicted, kClasses);
  std::vector<Metric> metrics = {
      {"category accuracy",
       "",
       true,
       of([](const ConfusionMatrix& m) { return Accuracy(m).value; }),
       {{"always the majority class", MajorityClassAccuracy(all)}},
       "",
       truth.size()},
      {"category quadratic kappa", "", true,
       of([](const ConfusionMatrix& m) { return Kappa(m, KappaWeights::kQuadratic); })},
      {"category linear kappa", "", true,
       of([](const ConfusionMatrix& m) { return Kappa(m, KappaWeights::kLinear); })},
      {"category kappa", "", false, of([](const ConfusionMatrix& m) { return Kappa(m); })},
      {"category macro F1", "", true,
       of([all](const ConfusionMatrix& m) { return WithLetters(MacroF1AllCategories(all, m)); })}};
  for (std::size_t c = 0; c < kClasses; ++c) {
    metrics.push_back(
        {"category recall " + Letter(c),
         "",
         false,
         of([c](const ConfusionMatrix& m) { return WithLetters(RecallPerClass(m)[c]); }),
         {},
         ToNumber(truth, c),
         CountCategory(truth, c)});
  }
  const std::string note = LeftOutNote(true_categories, cases.size(), "no category was predicted");
  for (Metric& metric : metrics) {
    if (metric.note.empty()) metric.note = note;
  }
  context.Add(kSection, cases, std::move(metrics),
              "no case has both a true and a predicted category");
}

void AddProbable(const CaseList& cases, const SectionContext& context) {
  const TruthAndProbabilities all = CollectProbabilities(cases);
  const auto of = [&](auto statistic) {
    return [&all, statistic](const std::vector<std::size_t>& indices) {
      return WithLetters(statistic(Select(all.truth, indices), Select(all.probabilities, indices)));
    };
  };
  std::vector<Metric> metrics;
  for (std::size_t c = 0; c < kClasses; ++c) {
    metrics.push_back(
        {"category AUC " + Letter(c) + " against the others",
         "",
         false,
         of([c](const auto& truth, const auto& p) { return AucPerClass(truth, p)[c]; }),
         {},
         ToNumber(all.truth, c)});
  }
  metrics.push_back({"category AUC, mean of the four", "", false, of(MacroAuc)});
  metrics.push_back({"category ordinal AUC", "", false, of([](const auto& truth, const auto& p) {
                       return OrdinalAuc(truth, ExpectedCategory(p));
                     })});
  metrics.push_back({"category ECE", "", false, of([](const auto& truth, const auto& p) {
                       return ExpectedCalibrationError(truth, p);
                     })});
  metrics.push_back({"category Brier score", "", false, of(BrierScore)});
  metrics.push_back({"category log loss", "", false, of(LogLoss)});
  context.Add(kSection, all.cases, std::move(metrics),
              "no case has a true category and probabilities");
}

}  // namespace

CaseList WithCategories(const CaseList& cases) {
  CaseList kept;
  for (const auto* c : cases) {
    if (c->true_category && c->category) kept.push_back(c);
  }
  return kept;
}

ConfusionMatrix CountConfusion(const CaseList& cases) {
  std::vector<int> truth, predicted;
  for (const auto* c : WithCategories(cases)) {
    truth.push_back(ToIndex(*c->true_category));
    predicted.push_back(ToIndex(*c->category));
  }
  return Confusion(truth, predicted, kClasses);
}

TruthAndProbabilities CollectProbabilities(const CaseList& cases) {
  TruthAndProbabilities all;
  for (const auto* c : cases) {
    if (!c->true_category || !c->probabilities) continue;
    all.cases.push_back(c);
    all.truth.push_back(ToIndex(*c->true_category));
  }
  all.probabilities.resize(static_cast<Eigen::Index>(all.cases.size()), kClasses);
  for (std::size_t i = 0; i < all.cases.size(); ++i) {
    for (std::size_t c = 0; c < kClasses; ++c) {
      all.probabilities(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(c)) =
          (*all.cases[i]->probabilities)[c];
    }
  }
  return all;
}

void AddCategory(const CaseList& cases, const SectionContext& context) {
  const auto has_truth = [](const EvaluatedCase* c) { return c->true_category.has_value(); };
  AddPredicted(WithCategories(cases),
               static_cast<std::size_t>(std::ranges::count_if(cases, has_truth)), context);
  AddProbable(cases, context);
}

}  // namespace mhcnn
