#include "mhcnn/report/evaluation_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "mhcnn/base/random.h"
#include "mhcnn/evaluate/evaluation_sections.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/report/plot.h"
#include "mhcnn/stats/agreement.h"
#include "mhcnn/stats/roc.h"

namespace mhcnn {
namespace {

constexpr PlotColour kInk{28, 39, 51}, kGuide{130, 143, 155}, kMean{0, 90, 150},
    kDots{0, 114, 178, 0.35}, kBaseline{213, 94, 0};
/// Told apart by the most frequent forms of colour blindness (Okabe & Ito 2008).
constexpr std::array<PlotColour, 4> kCategoryColours = {
    {{0, 114, 178}, {0, 158, 115}, {230, 159, 0}, {204, 71, 140}}};
constexpr int kSide = 356;             // pixels of a square figure
constexpr std::size_t kMaxDots = 800;  // more make a page slow and a cloud no clearer

/// A step of 1, 2 or 5 times a power of ten that gives about five ticks.
double NiceTick(double range) {
  const double rough = std::max(range, 1e-9) / 5;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (rough <= step * power) return step * power;
  }
  return 10 * power;
}

/// The range widened to whole ticks.
PlotAxis AxisFor(double low, double high, const std::string& label) {
  if (high - low < 1e-6) high = low + 1;
  const double tick = NiceTick(high - low);
  return {std::floor(low / tick) * tick, std::ceil(high / tick) * tick, tick, label};
}

/// Evenly chosen ones where there are more than a figure can hold.
Plot::Points ThinOut(const Plot::Points& points) {
  if (points.size() <= kMaxDots) return points;
  Plot::Points some;
  for (std::size_t i = 0; i < kMaxDots; ++i) some.push_back(points[i * points.size() / kMaxDots]);
  return some;
}

struct ForestRow {
  std::string label;
  const BootstrapEstimate* estimate;
  std::optional<double> baseline{};
  std::vector<double> dots{};
};

/// Rows from top to bottom: dots below, the mean's disc and interval over them.
std::string Forest(const std::vector<ForestRow>& rows, const PlotAxis& x, const std::string& title,
                   int decimals, std::optional<double> guide = {}) {
  if (rows.empty()) return "";
  constexpr int kWidth = 556, kRow = 34, kLabels = 190;
  const auto count = static_cast<double>(rows.size());
  PlotMargins margins{kLabels, 56, 10, 48};
  Plot plot(kWidth, static_cast<int>(rows.size()) * kRow + margins.top + margins.bottom, x,
            {0, count, 1, "", false}, margins);
  if (guide) plot.Line({{*guide, 0}, {*guide, count}}, kGuide, 1, true);
  RandomStream random(1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ForestRow& row = rows[i];
    const double y = count - 0.5 - static_cast<double>(i);
    plot.Text(x.low - 0.012 * (x.high - x.low), y, row.label, kInk, TextAlign::kRight);
    Plot::Points dots;
    for (const double value : row.dots) {
      dots.emplace_back(value, y + 0.3 * (random.Uniform() * 2 - 1));
    }
    plot.Discs(ThinOut(dots), {0, 114, 178, 0.22}, 2.2);
    if (row.baseline)
      plot.Line({{*row.baseline, y - 0.36}, {*row.baseline, y + 0.36}}, kBaseline, 2.5);
    const Estimate& e = *row.estimate;
    if (!e.value.defined()) {
      plot.Text(x.low + 0.01 * (x.high - x.low), y, "not defined", kGuide);
      continue;
    }
    if (e.low.defined() && e.high.defined())
      plot.Line({{*e.low.value, y}, {*e.high.value, y}}, kMean, 2.5);
    plot.Discs({{*e.value.value, y}}, kMean, 5);
    plot.Text(x.high + 0.02 * (x.high - x.low), y, fmt::format("{:.{}f}", *e.value.value, decimals),
              kInk);
  }
  return plot.Svg(title);
}

PairedValues CollectPercents(const std::vector<EvaluatedCase>& cases, PercentColumn column) {
  PairedValues values;
  for (const auto& c : cases) {
    const auto& predicted = column == PercentColumn::kMasks ? c.percent : c.regression;
    if (!c.measured() || !c.true_percent || !predicted) continue;
    values.truth.push_back(*c.true_percent);
    values.predicted.push_back(*predicted);
  }
  return values;
}

const char* ColumnName(PercentColumn column) {
  return column == PercentColumn::kMasks ? "masks" : "regression head";
}

CaseList Measured(const std::vector<EvaluatedCase>& cases) {
  CaseList measured;
  for (const auto& c : cases) {
    if (c.measured()) measured.push_back(&c);
  }
  return measured;
}

}  // namespace

std::string DiceFigure(const Evaluation& evaluation, const std::vector<EvaluatedCase>& cases) {
  std::vector<ForestRow> rows;
  for (const Tissue tissue : kTissues) {
    const auto& line = evaluation.Row(std::string("Dice ") + TissueName(tissue));
    if (line.cases == 0) continue;
    ForestRow row{TissueName(tissue), &line.estimate};
    if (!line.baselines.empty()) row.baseline = line.baselines.front().value.value;
    for (const auto* c : Measured(cases)) {
      if (const Statistic dice = c->dice(tissue); dice.defined()) row.dots.push_back(*dice.value);
    }
    rows.push_back(std::move(row));
  }
  if (const auto& line = evaluation.Row("tissue Dice"); line.cases > 0) {
    ForestRow row{"tissue (mean of three)", &line.estimate};
    for (const auto* c : Measured(cases)) {
      if (c->tissue_dice) row.dots.push_back(*c->tissue_dice);
    }
    rows.push_back(std::move(row));
  }
  return Forest(rows, {0, 1, 0.2, "Dice"}, "Dice of each class", 3);
}

std::string StrataFigure(const Evaluation& evaluation, const std::string& metric,
                         const std::string& label) {
  std::vector<ForestRow> rows;
  double low = 0, high = 0;
  for (const auto& stratum : evaluation.strata) {
    for (const auto& line : stratum.lines) {
      if (line.metric != metric || line.cases == 0) continue;
      rows.push_back(
          {stratum.kind + " " + stratum.name + fmt::format(" ({})", line.cases), &line.estimate});
      for (const auto& end : {line.estimate.value, line.estimate.low, line.estimate.high}) {
        if (end.defined()) low = std::min(low, *end.value), high = std::max(high, *end.value);
      }
    }
  }
  if (high <= 1) high = 1;
  const auto& whole = evaluation.Row(metric);
  return Forest(rows, AxisFor(low, high, label), label + " by stratum", whole.unit.empty() ? 3 : 1,
                whole.estimate.value.value);
}

std::string ScatterFigure(const std::vector<EvaluatedCase>& cases, PercentColumn column) {
  const PairedValues values = CollectPercents(cases, column);
  if (values.truth.empty()) return "";
  double low = 0, high = 10;
  Plot::Points points;
  for (std::size_t i = 0; i < values.truth.size(); ++i) {
    points.emplace_back(values.truth[i], values.predicted[i]);
    low = std::min(low, values.predicted[i]);
    high = std::max({high, values.truth[i], values.predicted[i]});
  }
  const PlotAxis x = AxisFor(low, high, "true percent density (%)");
  PlotAxis y = x;
  y.label = fmt::format("predicted, {} (%)", ColumnName(column));
  Plot plot(kSide, kSide, x, y);
  plot.Line({{x.low, x.low}, {x.high, x.high}}, kGuide, 1, true);
  plot.Discs(ThinOut(points), kDots, 3.5);
  return plot.Svg(fmt::format("Predicted ({}) against true percent", ColumnName(column)));
}

std::string BlandAltmanFigure(const std::vector<EvaluatedCase>& cases, PercentColumn column) {
  const PairedValues values = CollectPercents(cases, column);
  const BlandAltman agreement = MeasureBlandAltman(values);
  if (!agreement.bias.value.defined()) return "";
  Plot::Points points;
  double low = std::min(0.0, *agreement.lower_limit.value.value);
  double high = std::max(0.0, *agreement.upper_limit.value.value), most = 10, least = 100;
  for (std::size_t i = 0; i < values.truth.size(); ++i) {
    const double mean = (values.truth[i] + values.predicted[i]) / 2;
    const double difference = values.predicted[i] - values.truth[i];
    points.emplace_back(mean, difference);
    low = std::min(low, difference);
    high = std::max(high, difference);
    most = std::max(most, mean);
    least = std::min(least, mean);
  }
  const PlotAxis x = AxisFor(std::min(0.0, least), most, "mean of predicted and true percent (%)");
  Plot plot(kSide + 60, kSide, x,
            AxisFor(low, high, fmt::format("predicted ({}) - true (points)", ColumnName(column))),
            {70, 76, 14, 50});
  plot.Line({{x.low, 0}, {x.high, 0}}, kGuide, 1);
  plot.Discs(ThinOut(points), kDots, 3.5);
  for (const auto& [estimate, dashed] :
       {std::pair{&agreement.bias, false}, std::pair{&agreement.lower_limit, true},
        std::pair{&agreement.upper_limit, true}}) {
    const double level = *estimate->value.value;
    plot.Line({{x.low, level}, {x.high, level}}, kBaseline, 1.5, dashed);
    plot.Text(x.high + 0.015 * (x.high - x.low), level, fmt::format("{:+.1f}", level), kBaseline);
  }
  return plot.Svg(fmt::format("Bland-Altman plot of the percent ({})", ColumnName(column)));
}

std::string RocFigure(const std::vector<EvaluatedCase>& cases) {
  const TruthAndProbabilities all = CollectProbabilities(Measured(cases));
  if (all.truth.empty()) return "";
  Plot plot(kSide, kSide, {0, 1, 0.2, "false positive rate"}, {0, 1, 0.2, "true positive rate"});
  plot.Line({{0, 0}, {1, 1}}, kGuide, 1, true);
  double y = 0.3;
  for (const DensityCategory c : kDensityCategories) {
    std::vector<double> scores(all.truth.size());
    std::vector<bool> positive(all.truth.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i] = (*all.cases[i]->probabilities)[static_cast<std::size_t>(c)];
      positive[i] = all.truth[i] == ToIndex(c);
    }
    const PlotColour& colour = kCategoryColours[static_cast<std::size_t>(c)];
    Plot::Points curve;
    for (const auto& point : RocCurve(scores, positive)) {
      curve.emplace_back(point.false_positive_rate, point.true_positive_rate);
    }
    plot.Line(curve, colour, 2);
    const Statistic area = Auc(scores, positive);
    plot.Text(0.62, y,
              area.defined() ? fmt::format("{}  AUC {:.3f}", ToLetter(c), *area.value)
                             : fmt::format("{}  {}", ToLetter(c), area.undefined),
              colour);
    y -= 0.07;
  }
  return plot.Svg("ROC of each category against the others");
}

std::string CalibrationFigure(const Evaluation& evaluation) {
  std::size_t all = 0;
  for (const auto& bin : evaluation.reliability_bins) all += bin.cases;
  if (all == 0) return "";
  Plot plot(kSide, kSide, {0, 1, 0.2, "confidence (top probability)"}, {0, 1, 0.2, "accuracy"});
  plot.Line({{0, 0}, {1, 1}}, kGuide, 1, true);
  Plot::Points curve;
  for (const auto& bin : evaluation.reliability_bins) {
    if (bin.cases == 0) continue;
    curve.emplace_back(*bin.confidence.value, *bin.accuracy.value);
    const double fraction = static_cast<double>(bin.cases) / static_cast<double>(all);
    plot.Discs({curve.back()}, kDots, 4 + 14 * std::sqrt(fraction));
  }
  plot.Line(curve, kMean, 1.5);
  plot.Discs(curve, kMean, 3);
  return plot.Svg("Calibration of the category");
}

}  // namespace mhcnn
