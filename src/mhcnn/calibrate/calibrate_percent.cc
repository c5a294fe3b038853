#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mhcnn/calibrate/calibrate_parts.h"
#include "mhcnn/stats/conformal.h"
#include "mhcnn/stats/least_squares.h"

namespace mhcnn {
namespace {

/// Bounds of the bands of percent, as in evaluations.
constexpr double kBands[] = {10, 25, 50, 101};
/// So that a band's quantile is not that of its two worst images.
constexpr std::size_t kMinInBand = 30;

/// Percent of a case as the model and as the reader says it.
struct Pair {
  double predicted, apart, truth;
};

/// Sum of squares that the readers' percents are off the scale's, which is not clamped here.
double ResidualSumOfSquares(const std::vector<Pair>& pairs, const PercentScale& scale) {
  double sum = 0;
  for (const Pair& p : pairs) {
    const double off = p.truth - scale.intercept - scale.slope * p.predicted;
    sum += off * off;
  }
  return sum;
}

/// The least-squares line, where two more parameters are worth it (Akaike 1974) and it ascends.
PercentScale FitScale(const std::vector<Pair>& pairs) {
  std::vector<double> predicted, truth;
  for (const Pair& p : pairs) {
    predicted.push_back(p.predicted);
    truth.push_back(p.truth);
  }
  const LinearFit line = FitLinear(predicted, truth);
  const PercentScale fitted{line.intercept, line.slope};
  const auto n = static_cast<double>(pairs.size());
  const bool better = n * std::log(ResidualSumOfSquares(pairs, fitted)) + 2 * 2 <
                      n * std::log(ResidualSumOfSquares(pairs, {}));
  return better && fitted.slope > 0 ? fitted : PercentScale{};
}

/// Expected size of the error, by the three terms of the error scale.
std::vector<double> FitErrorScale(const std::vector<Pair>& pairs, const PercentScale& scale) {
  const auto rows = static_cast<Eigen::Index>(pairs.size());
  Eigen::MatrixXd parts(rows, 3);
  Eigen::VectorXd errors(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const Pair& p = pairs[static_cast<std::size_t>(i)];
    const double scaled = scale.Apply(p.predicted);
    parts.row(i) << 1, p.apart / 10, scaled * (100 - scaled) / 2500;
    errors(i) = std::abs(p.truth - scaled);
  }
  return NonNegativeLeastSquares(parts, errors);
}

struct Score {
  double scaled, score;
};

Score ScoreOf(const Pair& p, const PercentScale& scale, const PercentInterval& interval) {
  const double scaled = scale.Apply(p.predicted);
  return {scaled, std::abs(p.truth - scaled) / interval.ErrorScale(scaled, p.apart)};
}

/// Bands with enough images, neighbours joined until they are; empty where all are too few.
std::vector<PercentInterval::Group> FitGroups(const std::vector<Score>& scores, double coverage) {
  const std::size_t fewest = std::max(kMinInBand, MinScores(coverage));
  std::vector<std::pair<double, std::vector<double>>> bands;
  std::vector<double> pending;
  double above = 0;
  for (const double below : kBands) {
    for (const Score& s : scores) {
      if (above <= s.scaled && s.scaled < below) pending.push_back(s.score);
    }
    above = below;
    if (pending.size() < fewest) continue;
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
  PercentScale scale;
  PercentInterval interval;  ///< without groups
};

Fitted Fit(const std::vector<Pair>& pairs, bool with_line, double coverage) {
  Fitted fitted{with_line ? FitScale(pairs) : PercentScale{}, {}};
  fitted.interval.coverage = coverage;
  fitted.interval.error_scale = FitErrorScale(pairs, fitted.scale);
  return fitted;
}

template <typename Value, typename Filter>
std::vector<Value> Those(const std::vector<Value>& values, const Filter& kept) {
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

OutOfFold CrossFit(const std::vector<Pair>& pairs, const std::vector<int>& fold_of, bool with_line,
                   const CalibrateOptions& options) {
  OutOfFold out;
  out.without.resize(static_cast<std::size_t>(options.folds));
  out.scores.resize(pairs.size());
  for (int fold = 0; fold < options.folds; ++fold) {
    Fitted& fitted = out.without[static_cast<std::size_t>(fold)];
    fitted = Fit(Those(pairs, [&](std::size_t i) { return fold_of[i] != fold; }), with_line,
                 options.coverage);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (fold_of[i] != fold) continue;
      out.scores[i] = ScoreOf(pairs[i], fitted.scale, fitted.interval);
      out.squares += std::pow(pairs[i].truth - out.scores[i].scaled, 2);
    }
  }
  return out;
}

/// Of the images that are left when the largest fold is out.
std::size_t MinOthers(const std::vector<int>& fold_of, int folds) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(folds), 0);
  for (const int fold : fold_of) ++counts[static_cast<std::size_t>(fold)];
  return fold_of.size() - *std::max_element(counts.begin(), counts.end());
}

}  // namespace

void CalibratePercent(const std::vector<CalibrationCase>& all, const CalibrateOptions& options,
                      CalibrationReport& report) {
  std::vector<Pair> pairs;
  std::vector<CalibrationCase> cases;
  CaseList list;
  for (const CalibrationCase& c : all) {
    const Measurement measured = ToMeasurement(*c.before);
    if (!measured.percent || !c.before->true_percent) continue;
    pairs.push_back({*measured.percent, measured.head_disagreement, *c.before->true_percent});
    cases.push_back(c);
    list.push_back(c.before);
  }
  if (const std::string few = TooFew("percent", list, kMinForPercent); !few.empty()) {
    report.refused.push_back(few);
    return;
  }
  const std::vector<int> fold_of = FoldsByPatient(list, options.folds, options.seed);
  const std::size_t others = MinOthers(fold_of, options.folds);
  if (others < kMinForPercent.images / 2) {
    report.refused.push_back("percent: nearly all images are of one patient");
    return;
  }
  if (const std::size_t scores = MinScores(options.coverage); others < scores) {
    report.refused.push_back(fmt::format(
        "percent: an interval of {:.0f} % needs {} images in the other folds, there are {}",
        100 * options.coverage, scores, others));
    return;
  }
  const OutOfFold plain = CrossFit(pairs, fold_of, false, options),
                  line = CrossFit(pairs, fold_of, true, options);
  const bool with_line = !options.keep_percent && line.squares < plain.squares;
  const auto& [without, scores, squares] = with_line ? line : plain;

  Fitted fitted = Fit(pairs, with_line, options.coverage);
  fitted.interval.groups = FitGroups(scores, options.coverage);
  if (fitted.scale.slope != 1 || fitted.scale.intercept != 0)
    report.calibration.scale = fitted.scale;
  report.calibration.interval = fitted.interval;
  report.calibration.sample["percents"] = pairs.size();

  // What it is worth: each fold by what was fitted without it, and the others' quantiles.
  std::vector<double> held(pairs.size()), width(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Fitted& of_fold = without[static_cast<std::size_t>(fold_of[i])];
    PercentInterval interval = of_fold.interval;
    interval.groups =
        FitGroups(Those(scores, [&fold_of, i](std::size_t j) { return fold_of[j] != fold_of[i]; }),
                  options.coverage);
    const auto ends = interval.Of(scores[i].scaled, pairs[i].apart);
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
