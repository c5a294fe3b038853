#include <fmt/format.h>

#include <array>
#include <cmath>

#include "mhcnn/calibrate/calibrate_parts.h"

namespace mhcnn {
namespace {

constexpr int kClasses = 4;

struct Rated {
  Measurement measured;
  int truth = 0;
};

/// An empty reason, or why the rule cannot be fitted.
std::string Fit(const std::vector<const Rated*>& rated, CategoryRule& rule) {
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
  ProportionalOddsFit fit = FitProportionalOdds(features, truth, kClasses);
  rule.odds = std::move(fit.model);
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
                  CategoryRule rule) {
  OutOfFold out;
  out.probabilities.resize(rated.size());
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<const Rated*> others;
    for (std::size_t i = 0; i < rated.size(); ++i) {
      if (fold_of[i] != fold) others.push_back(&rated[i]);
    }
    if (others.size() == rated.size()) continue;
    const std::string why = others.size() < kFewestToCalibrate / 2
                                ? "nearly all images are of one patient"
                                : Fit(others, rule);
    if (!why.empty()) return {{}, 0, why};
    for (std::size_t i = 0; i < rated.size(); ++i) {
      if (fold_of[i] != fold) continue;
      out.probabilities[i] = rule.odds.Predict(*rule.Features(rated[i].measured));
      const double right = out.probabilities[i][static_cast<std::size_t>(rated[i].truth)];
      out.log_loss -= std::log(std::max(1e-12, right)) / static_cast<double>(rated.size());
    }
  }
  return out;
}

/// Names the first category that is too rare; empty where none is.
std::string TooRare(const std::vector<Rated>& rated) {
  std::array<std::size_t, kClasses> counts{};
  for (const Rated& r : rated) ++counts[static_cast<std::size_t>(r.truth)];
  for (std::size_t c = 0; c < kClasses; ++c) {
    if (counts[c] < kFewestOfCategory) {
      return fmt::format("category: {} images are of category {}, {} are needed", counts[c],
                         "abcd"[c], kFewestOfCategory);
    }
  }
  return "";
}

}  // namespace

void CalibrateCategory(const std::vector<CalibrationCase>& all, const CalibrateOptions& options,
                       CalibrationReport& report) {
  std::vector<Rated> rated;
  std::vector<CalibrationCase> cases;
  CaseList list;
  bool all_percents = true, all_heads = true;
  for (const CalibrationCase& c : all) {
    const Measurement measured = ToMeasurement(*c.before);
    if (!c.before->true_category || (!measured.percent && !measured.expected_category)) continue;
    all_percents &= measured.percent.has_value();
    all_heads &= measured.expected_category.has_value();
    rated.push_back({measured, *c.before->true_category});
    cases.push_back(c);
    list.push_back(c.before);
  }
  for (const auto& why : {TooFew("category", list), TooRare(rated)}) {
    if (why.empty()) continue;
    report.refused.push_back(why);
    return;
  }
  const std::vector<int> fold_of = FoldsByPatient(list, options.folds, options.seed);
  CategoryRule best;
  OutOfFold of_best;
  std::string why_none = "the model gives nothing to go by for all of the images";
  for (const auto& [of_percent, of_head] :
       {std::pair{true, false}, std::pair{false, true}, std::pair{true, true}}) {
    if ((of_percent && !all_percents) || (of_head && (!all_heads || options.cut_points))) continue;
    CategoryRule rule;
    rule.of_percent = of_percent;
    rule.of_head = of_head;
    OutOfFold out = Predict(rated, fold_of, options.folds, rule);
    if (out.probabilities.empty()) why_none = out.undefined;
    if (out.probabilities.empty()) continue;
    if (of_best.probabilities.empty() || out.log_loss < of_best.log_loss) {
      best = rule;
      of_best = std::move(out);
    }
  }
  std::vector<const Rated*> everyone;
  for (const Rated& r : rated) everyone.push_back(&r);
  if (!of_best.probabilities.empty()) why_none = Fit(everyone, best);
  if (of_best.probabilities.empty() || !why_none.empty()) {
    report.refused.push_back("category: with a part of the patients left out, " + why_none);
    return;
  }

  std::vector<double> scores(rated.size()), held(rated.size()), width(rated.size());
  for (std::size_t i = 0; i < rated.size(); ++i)
    scores[i] = CategoryScore(of_best.probabilities[i], rated[i].truth);
  best.coverage = options.coverage;
  best.quantile = *ConformalQuantile(scores, options.coverage).value;
  report.calibration.category = best;
  report.calibration.sample["categories"] = rated.size();
  for (std::size_t i = 0; i < rated.size(); ++i) {
    std::vector<double> others;
    for (std::size_t j = 0; j < rated.size(); ++j) {
      if (fold_of[j] != fold_of[i]) others.push_back(scores[j]);
    }
    const auto& p = of_best.probabilities[i];
    const CategoryRange range = RangeAt(p, *ConformalQuantile(others, options.coverage).value);
    held[i] = range.Holds(rated[i].truth) ? 1 : 0;
    width[i] = range.high - range.low + 1;
    EvaluatedCase& after = *cases[i].after;
    after.category = MedianCategory(p);
    after.probabilities = std::array<double, 4>{p[0], p[1], p[2], p[3]};
  }
  AddCoverage(list, options,
              {fmt::format("category within its {:.0f} % range", 100 * options.coverage), held},
              {"categories in the range", width, ""}, report);
}

}  // namespace mhcnn
