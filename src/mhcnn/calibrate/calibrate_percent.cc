#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mhcnn/calibrate/calibrate_parts.h"
#include "mhcnn/calibrate/readers_convention.h"
#include "mhcnn/stats/conformal.h"
#include "mhcnn/stats/least_squares.h"

namespace mhcnn {
namespace {

/// Bounds of the bands of percent, as in evaluations.
constexpr double kBands[] = {10, 25, 50, 101};
/// Smallest number of images in a band: with fewer the quantile depends on its two worst images.
constexpr std::size_t kMinInBand = 30;

/// A threshold is preferred to a line if its squared error is larger by less than this share: it
/// brings the masks to the readers' convention too.
constexpr double kThresholdMayLack = 0.05;

/// Expected size of the error, by the three terms of the error scale.
std::vector<double> FitErrorScale(const std::vector<PercentPair>& pairs,
                                  const FittedConvention& convention) {
  const auto rows = static_cast<Eigen::Index>(pairs.size());
  Eigen::MatrixXd parts(rows, 3);
  Eigen::VectorXd errors(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const PercentPair& p = pairs[static_cast<std::size_t>(i)];
    const double scaled = convention.Apply(p);
    parts.row(i) << 1, p.head_disagreement / 10, scaled * (100 - scaled) / 2500;
    errors(i) = std::abs(p.truth - scaled);
  }
  return NonNegativeLeastSquares(parts, errors);
}

struct Score {
  double scaled, score;
};

Score ScoreConvention(const PercentPair& p, const FittedConvention& convention,
                      const PercentInterval& interval) {
  const double scaled = convention.Apply(p);
  return {scaled, std::abs(p.truth - scaled) / interval.ErrorScale(scaled, p.head_disagreement)};
}

/// Bands with enough images, neighbours joined until they are; empty where all are too few.
std::vector<PercentInterval::Group> FitGroups(const std::vector<Score>& scores, double coverage) {
  const std::size_t min_in_group = std::max(kMinInBand, MinScoreCount(coverage));
  std::vector<std::pair<double, std::vector<double>>> bands;
  std::vector<double> pending;
  double above = 0;
  for (const double below : kBands) {
    for (const Score& s : scores) {
      if (above <= s.scaled && s.scaled < below) pending.push_back(s.score);
    }
    above = below;
    if (pending.size() < min_in_group) continue;
    bands.emplace_back(below, std::move(pending));
    pending.clear();
  }
  if (bands.empty()) bands.emplace_back(101, std::vector<double>());
  auto& last = bands.back();  // takes what is left over
  last.first = 101;
  last.second.insert(last.second.end(), pending.begin(), pending.end());
  std::vector<PercentInterval::Group> groups;
  for (auto& [below, of_band] : bands) {
    const std::size_t cases = of_band.size();
    const Statistic quantile = ConformalQuantile(std::move(of_band), coverage);
    if (!quantile.defined()) return {};
    groups.push_back({below, *quantile.value, cases});
  }
  return groups;
}

struct Fitted {
  FittedConvention convention;
  PercentInterval interval;  ///< without groups
};

Fitted Fit(const std::vector<PercentPair>& pairs, Convention convention, double coverage) {
  Fitted fitted;
  fitted.convention = FitConvention(pairs, convention);
  fitted.interval.coverage = coverage;
  fitted.interval.error_scale = FitErrorScale(pairs, fitted.convention);
  return fitted;
}

template <typename Value, typename Filter>
std::vector<Value> SelectPairs(const std::vector<Value>& values, const Filter& kept) {
  std::vector<Value> some;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (kept(i)) some.push_back(values[i]);
  }
  return some;
}

/// Every pair by what was fitted without its fold.
struct OutOfFold {
  std::vector<Fitted> without;  ///< by fold
  std::vector<Score> scores;
  double squares = 0;  ///< sum over the pairs of their squared errors
};

OutOfFold CrossFit(const std::vector<PercentPair>& pairs, const std::vector<int>& fold_of,
                   Convention convention, const CalibrateOptions& options) {
  OutOfFold out;
  out.without.resize(static_cast<std::size_t>(options.folds));
  out.scores.resize(pairs.size());
  for (int fold = 0; fold < options.folds; ++fold) {
    Fitted& fitted = out.without[static_cast<std::size_t>(fold)];
    fitted = Fit(SelectPairs(pairs, [&](std::size_t i) { return fold_of[i] != fold; }), convention,
                 options.coverage);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (fold_of[i] != fold) continue;
      out.scores[i] = ScoreConvention(pairs[i], fitted.convention, fitted.interval);
      out.squares += std::pow(pairs[i].truth - out.scores[i].scaled, 2);
    }
  }
  return out;
}

/// Returns the number of images that are left when the largest fold is out.
std::size_t MinOutOfFold(const std::vector<int>& fold_of, int folds) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(folds), 0);
  for (const int fold : fold_of) ++counts[static_cast<std::size_t>(fold)];
  return fold_of.size() - *std::max_element(counts.begin(), counts.end());
}

/// The convention with the least error on images left out, and its fit.
struct Chosen {
  Convention convention;
  OutOfFold fit;
};

Chosen ChooseConvention(const std::vector<PercentPair>& pairs, const std::vector<int>& fold_of,
                        const CalibrateOptions& options) {
  Chosen chosen{Convention::kModel, CrossFit(pairs, fold_of, Convention::kModel, options)};
  if (options.keep_percent) return chosen;
  const double of_model = chosen.fit.squares;
  OutOfFold line = CrossFit(pairs, fold_of, Convention::kLine, options);
  if (line.squares < of_model) chosen = {Convention::kLine, std::move(line)};
  const bool measured = std::all_of(
      pairs.begin(), pairs.end(), [](const PercentPair& p) { return p.by_threshold.has_value(); });
  if (!measured) return chosen;
  OutOfFold threshold = CrossFit(pairs, fold_of, Convention::kThreshold, options);
  if (threshold.squares < of_model &&
      threshold.squares < (1 + kThresholdMayLack) * chosen.fit.squares)
    chosen = {Convention::kThreshold, std::move(threshold)};
  return chosen;
}

}  // namespace

void CalibratePercent(const std::vector<CalibrationCase>& all, const CalibrateOptions& options,
                      CalibrationReport& report) {
  std::vector<PercentPair> pairs;
  std::vector<CalibrationCase> cases;
  CaseList list;
  for (const CalibrationCase& c : all) {
    const Measurement measured = ToMeasurement(*c.before);
    if (!measured.percent || !c.before->true_percent) continue;
    pairs.push_back({*measured.percent, measured.head_disagreement, *c.before->true_percent,
                     c.before->percents_by_threshold});
    cases.push_back(c);
    list.push_back(c.before);
  }
  PairedValues values;
  for (const PercentPair& pair : pairs) {
    values.truth.push_back(pair.truth);
    values.predicted.push_back(pair.predicted);
  }
  for (const auto& why : {FindSampleSizeProblem("percent", list, kMinPercentSample),
                          FindMonotonicityProblem("percent", values)}) {
    if (why.empty()) continue;
    report.refused.push_back(why);
    return;
  }
  const std::vector<int> fold_of = FoldsByPatient(list, options.folds, options.seed);
  const std::size_t others = MinOutOfFold(fold_of, options.folds);
  if (others < kMinPercentSample.images / 2) {
    report.refused.push_back("percent: nearly all images are of one patient");
    return;
  }
  if (const std::size_t scores = MinScoreCount(options.coverage); others < scores) {
    report.refused.push_back(fmt::format(
        "percent: an interval of {:.0f} % needs {} images in the other folds, there are {}",
        100 * options.coverage, scores, others));
    return;
  }
  const Chosen chosen = ChooseConvention(pairs, fold_of, options);
  const auto& [without, scores, squares] = chosen.fit;

  Fitted fitted = Fit(pairs, chosen.convention, options.coverage);
  fitted.interval.groups = FitGroups(scores, options.coverage);
  const auto& [scale, threshold] = fitted.convention;
  if (scale.slope != 1 || scale.intercept != 0) report.calibration.scale = scale;
  if (threshold) report.calibration.dense_probability = kDenseThresholds[*threshold];
  report.calibration.interval = fitted.interval;
  report.calibration.sample["percents"] = pairs.size();

  // What it is worth: each fold by what was fitted without it, and the others' quantiles.
  std::vector<double> held(pairs.size()), width(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Fitted& of_fold = without[static_cast<std::size_t>(fold_of[i])];
    PercentInterval interval = of_fold.interval;
    interval.groups = FitGroups(
        SelectPairs(scores, [&fold_of, i](std::size_t j) { return fold_of[j] != fold_of[i]; }),
        options.coverage);
    const auto ends = interval.ComputeEnds(scores[i].scaled, pairs[i].head_disagreement);
    held[i] = ends.low <= pairs[i].truth && pairs[i].truth <= ends.high ? 1 : 0;
    width[i] = ends.high - ends.low;
    EvaluatedCase& after = *cases[i].after;
    (after.percent ? after.percent : after.regression) = scores[i].scaled;
  }
  AddCoverage(list, options,
              {fmt::format("percent within its {:.0f} % interval", 100 * options.coverage), held},
              {"width of the interval", width, "points"}, report);
}

}  // namespace mhcnn
