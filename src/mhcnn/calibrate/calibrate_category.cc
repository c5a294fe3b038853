#include <fmt/format.h>

#include <array>
#include <cmath>

#include "mhcnn/calibrate/calibrate_parts.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/stats/conformal.h"
#include "mhcnn/stats/published_percent_density.h"

namespace mhcnn {
namespace {

constexpr int kClasses = 4;

struct Rated {
  Measurement measured;
  int truth = 0;
};

constexpr int kPriorCases = 10;  // of each category

/// Cases at the published quantiles of each category.
const std::vector<Rated>& PublishedCases() {
  static const std::vector<Rated> cases = [] {
    std::vector<Rated> made;
    for (int c = 0; c < kClasses; ++c) {
      const PublishedPercentDensity& published =
          kPublishedPercentDensities[static_cast<std::size_t>(c)];
      for (int i = 0; i < kPriorCases; ++i) {
        const double percent = published.Quantile((i + 0.5) / kPriorCases);
        Measurement measured;
        measured.percent = measured.percent_of_both = percent;
        made.push_back({measured, c});
      }
    }
    return made;
  }();
  return cases;
}

std::string CategoryLetter(std::size_t category) {
  return ToLetter(CategoryFromIndex(static_cast<std::int64_t>(category)));
}

/// One over how often the category occurs, with mean 1.
std::vector<double> EachCategoryAlike(const std::vector<int>& truth) {
  std::array<double, kClasses> counts{};
  for (const int c : truth) ++counts[static_cast<std::size_t>(c)];
  const auto there =
      static_cast<double>(std::ranges::count_if(counts, [](double count) { return count > 0; }));
  std::vector<double> weights;
  weights.reserve(truth.size());
  for (const int c : truth) {
    weights.push_back(static_cast<double>(truth.size()) /
                      (there * counts[static_cast<std::size_t>(c)]));
  }
  return weights;
}

/// An empty reason, or why the rule cannot be fitted.
std::string Fit(std::vector<const Rated*> rated, bool published_prior, CategoryRule& rule) {
  if (published_prior) {
    for (const Rated& prior : PublishedCases()) rated.push_back(&prior);
  }
  const auto columns =
      static_cast<Eigen::Index>(rule.of_percent) + static_cast<Eigen::Index>(rule.of_head);
  Eigen::MatrixXd features(static_cast<Eigen::Index>(rated.size()), columns);
  std::vector<int> truth;
  for (const Rated* r : rated) {
    const auto of_case = rule.Features(r->measured);
    features.row(static_cast<Eigen::Index>(truth.size())) =
        Eigen::Map<const Eigen::RowVectorXd>(of_case->data(), columns);
    truth.push_back(r->truth);
  }
  ProportionalOddsOptions how;
  if (published_prior) how.weights = EachCategoryAlike(truth);
  ProportionalOddsFit fit = FitProportionalOdds(features, truth, kClasses, how);
  rule.odds = std::move(fit.model);
  if (fit.missing)
    return "no case of category " + CategoryLetter(static_cast<std::size_t>(*fit.missing));
  return fit.undefined;
}

/// Probabilities of each case by a rule that was fitted without its fold; empty where one of the
/// folds cannot be fitted.
struct OutOfFold {
  std::vector<std::vector<double>> probabilities;
  double log_loss = 0;
  std::string undefined;  ///< why there are none
};
OutOfFold Predict(const std::vector<Rated>& rated, const std::vector<int>& fold_of, int folds,
                  bool published_prior, CategoryRule rule) {
  OutOfFold out;
  std::vector<int> truth;
  truth.reserve(rated.size());
  for (const Rated& r : rated) truth.push_back(r.truth);
  const std::vector<double> weights =
      published_prior ? EachCategoryAlike(truth) : std::vector<double>(rated.size(), 1.0);
  out.probabilities.resize(rated.size());
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<const Rated*> others;
    for (std::size_t i = 0; i < rated.size(); ++i) {
      if (fold_of[i] != fold) others.push_back(&rated[i]);
    }
    if (others.size() == rated.size()) continue;
    const std::string why = others.size() < kMinCategorySample.images / 2
                                ? "nearly all images are of one patient"
                                : Fit(others, published_prior, rule);
    if (!why.empty()) return {{}, 0, why};
    for (std::size_t i = 0; i < rated.size(); ++i) {
      if (fold_of[i] != fold) continue;
      out.probabilities[i] = rule.odds.Predict(*rule.Features(rated[i].measured));
      const double right = out.probabilities[i][static_cast<std::size_t>(rated[i].truth)];
      out.log_loss -=
          weights[i] * std::log(std::max(1e-12, right)) / static_cast<double>(rated.size());
    }
  }
  return out;
}

/// Images of each category, and the patients whose images they are.
std::array<SampleSize, kClasses> CountPerCategory(const std::vector<Rated>& rated,
                                                  const CaseList& cases) {
  std::array<std::vector<std::string>, kClasses> patients;
  for (std::size_t i = 0; i < rated.size(); ++i)
    patients[static_cast<std::size_t>(rated[i].truth)].push_back(cases[i]->patient_id);
  std::array<SampleSize, kClasses> sizes;
  for (std::size_t c = 0; c < kClasses; ++c)
    sizes[c] = {patients[c].size(), Clusters(patients[c]).size()};
  return sizes;
}

/// Names the first category that is too rare; empty where none is. With published cases two
/// categories are enough.
std::string FindRareCategory(const std::vector<Rated>& rated, const CaseList& cases,
                             bool published_prior) {
  const auto sizes = CountPerCategory(rated, cases);
  if (published_prior) {
    const auto enough = std::ranges::count_if(sizes, [](const SampleSize& size) {
      return size.images >= kMinPerCategorySample.images &&
             size.patients >= kMinPerCategorySample.patients;
    });
    return enough >= 2 ? "" : "category: nearly all images have the same category";
  }
  for (std::size_t c = 0; c < kClasses; ++c) {
    if (sizes[c].images < kMinPerCategorySample.images) {
      return fmt::format("category: {} images are of category {}, {} are needed", sizes[c].images,
                         CategoryLetter(c), kMinPerCategorySample.images);
    }
    if (sizes[c].patients < kMinPerCategorySample.patients) {
      return fmt::format(
          "category {}: all its images are from one patient; images from {} patients are needed",
          CategoryLetter(c), kMinPerCategorySample.patients);
    }
  }
  return "";
}

/// True categories beside a value of the model, where it gives one.
PairedValues ToPairs(const std::vector<Rated>& rated, std::optional<double> Measurement::*value) {
  PairedValues values;
  for (const Rated& r : rated) {
    if (!(r.measured.*value)) continue;
    values.truth.push_back(r.truth);
    values.predicted.push_back(*(r.measured.*value));
  }
  return values;
}

/// FindMonotonicityProblem() of the percent densities, unless the head may be used and its
/// categories rise.
std::string DoCategoriesNotRise(const std::vector<Rated>& rated, bool head_barred) {
  std::string why = FindMonotonicityProblem("category", ToPairs(rated, &Measurement::percent));
  if (why.empty() || head_barred) return why;
  const auto of_head = ToPairs(rated, &Measurement::expected_category);
  return FindMonotonicityProblem("category", of_head).empty() ? "" : why;
}

/// The cases with a reader's category and with an output of the model to decide from.
struct RatedCases {
  std::vector<Rated> rated;
  std::vector<CalibrationCase> cases;
  CaseList list;  ///< the same cases before calibration
  /// Whether each case has a percent, and the expected category of the head.
  bool all_percents = true, all_heads = true;
};

RatedCases SelectRated(const std::vector<CalibrationCase>& all) {
  RatedCases selected;
  for (const CalibrationCase& c : all) {
    const Measurement measured = ToMeasurement(*c.before);
    if (!c.before->true_category || (!measured.percent && !measured.expected_category)) continue;
    selected.all_percents &= measured.percent.has_value();
    selected.all_heads &= measured.expected_category.has_value();
    selected.rated.push_back({measured, ToIndex(*c.before->true_category)});
    selected.cases.push_back(c);
    selected.list.push_back(c.before);
  }
  return selected;
}

/// The rule with the lowest cross-validated log loss.
struct ChosenRule {
  CategoryRule rule;
  OutOfFold out;         ///< what it predicts for the cases of the fold that was left out
  std::string why_none;  ///< why there is no rule; empty: there is one
};

ChosenRule ChooseRule(const RatedCases& selected, const std::vector<int>& fold_of,
                      const CalibrateOptions& options, bool head_barred) {
  ChosenRule chosen;
  chosen.why_none = "the model gives neither a percent nor probabilities for all of the images";
  struct Choice {
    bool of_percent, of_head, of_both;
  };
  for (const auto& [of_percent, of_head, of_both] :
       {Choice{true, false, false}, Choice{true, false, true}, Choice{false, true, false},
        Choice{true, true, false}}) {
    if ((of_percent && !selected.all_percents) || (of_head && head_barred)) continue;
    CategoryRule rule;
    rule.of_percent = of_percent;
    rule.of_head = of_head;
    rule.of_both = of_both;
    OutOfFold out = Predict(selected.rated, fold_of, options.folds, options.published_prior, rule);
    if (out.probabilities.empty()) {
      chosen.why_none = out.undefined;
    } else if (chosen.out.probabilities.empty() || out.log_loss < chosen.out.log_loss) {
      chosen.rule = rule;
      chosen.out = std::move(out);
    }
  }
  if (chosen.out.probabilities.empty()) return chosen;
  std::vector<const Rated*> everyone;
  everyone.reserve(selected.rated.size());
  for (const Rated& r : selected.rated) everyone.push_back(&r);
  chosen.why_none = Fit(everyone, options.published_prior, chosen.rule);
  return chosen;
}

/// Sets the categories after calibration and adds how often their ranges contain the reader's, each
/// by a quantile of the other folds.
void ReportRanges(const RatedCases& selected, const std::vector<int>& fold_of, const OutOfFold& out,
                  const std::vector<double>& scores, const CalibrateOptions& options,
                  CalibrationReport& report) {
  const auto& rated = selected.rated;
  std::vector<double> held(rated.size()), width(rated.size());
  for (std::size_t i = 0; i < rated.size(); ++i) {
    std::vector<double> others;
    for (std::size_t j = 0; j < rated.size(); ++j) {
      if (fold_of[j] != fold_of[i]) others.push_back(scores[j]);
    }
    const auto& p = out.probabilities[i];
    const ClassRange range = MakeClassRange(p, *ConformalQuantile(others, options.coverage).value);
    held[i] = range.Contains(rated[i].truth) ? 1 : 0;
    width[i] = range.high - range.low + 1;
    EvaluatedCase& after = *selected.cases[i].after;
    after.category = CategoryFromIndex(MedianCategory(p));
    after.probabilities = std::array<double, 4>{p[0], p[1], p[2], p[3]};
  }
  AddCoverage(selected.list, options,
              {fmt::format("category within its {:.0f} % range", 100 * options.coverage), held},
              {"categories in the range", width, ""}, report);
}

}  // namespace

void CalibrateCategory(const std::vector<CalibrationCase>& all, const CalibrateOptions& options,
                       CalibrationReport& report) {
  const RatedCases selected = SelectRated(all);
  // What is published is of percent densities, not of this network's head.
  const bool head_barred = !selected.all_heads || options.cut_points || options.published_prior;
  for (const auto& why : {FindSampleSizeProblem("category", selected.list, kMinCategorySample),
                          FindRareCategory(selected.rated, selected.list, options.published_prior),
                          DoCategoriesNotRise(selected.rated, head_barred)}) {
    if (why.empty()) continue;
    report.refused.push_back(why);
    return;
  }
  const std::vector<int> fold_of = FoldsByPatient(selected.list, options.folds, options.seed);
  ChosenRule best = ChooseRule(selected, fold_of, options, head_barred);
  if (best.out.probabilities.empty() || !best.why_none.empty()) {
    report.refused.push_back("category: cross-validation, with some patients left out: " +
                             best.why_none);
    return;
  }
  std::vector<double> scores(selected.rated.size());
  for (std::size_t i = 0; i < scores.size(); ++i)
    scores[i] = ClassScore(best.out.probabilities[i], selected.rated[i].truth);
  best.rule.coverage = options.coverage;
  best.rule.quantile = *ConformalQuantile(scores, options.coverage).value;
  report.calibration.category = best.rule;
  report.calibration.sample["categories"] = selected.rated.size();
  ReportRanges(selected, fold_of, best.out, scores, options, report);
}

}  // namespace mhcnn
