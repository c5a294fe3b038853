#include "analyze/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "analyze/overlay.h"
#include "base/error.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "data/masks.h"

namespace mhcnn {
namespace {

/// Otsu's threshold over the pixels inside `breast`, as a dense mask.
Mask OtsuDense(const GreyImage& picture, const Mask& breast) {
  cv::Mat1b grey;
  double low = 0, high = 0;
  cv::minMaxLoc(picture, &low, &high, nullptr, nullptr, breast);
  picture.convertTo(grey, CV_8U, 255 / std::max(1.0, high - low),
                    -low * 255 / std::max(1.0, high - low));
  std::vector<uchar> inside;
  for (int y = 0; y < grey.rows; ++y) {
    for (int x = 0; x < grey.cols; ++x) {
      if (breast(y, x)) inside.push_back(grey(y, x));
    }
  }
  if (inside.empty()) return Mask::zeros(picture.size());
  cv::Mat scratch;
  const double threshold =
      cv::threshold(cv::Mat(inside), scratch, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
  Mask dense;
  cv::Mat((grey > threshold) & breast).copyTo(dense);
  return dense;
}

double PercentOf(const Mask& dense, const Mask& breast) {
  const int area = cv::countNonZero(breast);
  return area > 0 ? 100.0 * cv::countNonZero(dense & breast) / area : 0;
}

void CheckSize(const Mask& mask, const Result& result, const std::filesystem::path& path) {
  if (mask.size() != result.size) {
    throw Error(ErrorCode::kCorrupt, "the mask's size differs from its picture's", path.string());
  }
}

EvaluatedCase EvaluateOne(const Analyzer& analyzer, const Sample& sample) {
  EvaluatedCase c;
  c.path = sample.image.string();
  c.true_category = sample.category;
  c.true_percent = sample.percent_density;
  GreyImage pixels;
  const Result result = analyzer.AnalyzeFile(sample.image, &pixels);
  c.error = result.error;
  if (!pixels.empty() && pixels.size() != result.size) cv::resize(pixels, pixels, result.size);
  const auto truth = [&](const std::optional<std::filesystem::path>& path) {
    Mask mask;
    if (path) {
      mask = ReadSampleMask(*path);
      if (!pixels.empty()) CheckSize(mask, result, *path);
    }
    return mask;
  };
  const Mask breast = truth(sample.breast_mask), dense = truth(sample.dense_mask),
             pectoral = truth(sample.pectoral_mask);
  if (!breast.empty() && !dense.empty() && !c.true_percent)
    c.true_percent = PercentOf(dense, breast);
  if (!breast.empty() && !dense.empty() && !pixels.empty()) {
    const Mask otsu = OtsuDense(pixels, breast);
    c.otsu_dice = Dice(otsu, dense);
    c.otsu_percent = PercentOf(otsu, breast);
  }
  if (!result.ok()) return c;
  if (!breast.empty()) c.breast_dice = Dice(AtPictureSize(result.breast, result), breast);
  if (!dense.empty()) c.dense_dice = Dice(AtPictureSize(result.dense, result), dense);
  if (!pectoral.empty()) c.pectoral_dice = Dice(AtPictureSize(result.pectoral, result), pectoral);
  c.percent = result.percent_density;
  c.regression = result.percent_regression;
  c.category = result.category;
  return c;
}

using Field = std::optional<double> EvaluatedCase::*;

std::vector<double> Column(const std::vector<EvaluatedCase>& cases, Field field) {
  std::vector<double> values;
  for (const auto& c : cases) {
    if (c.*field) values.push_back(*(c.*field));
  }
  return values;
}

std::vector<double> Take(const std::vector<double>& values,
                         const std::vector<std::size_t>& indices) {
  std::vector<double> taken;
  taken.reserve(indices.size());
  for (const auto i : indices) taken.push_back(values[i]);
  return taken;
}

struct Pairs {
  std::vector<double> truth, found;
};

Pairs PairsOf(const std::vector<EvaluatedCase>& cases, Field found) {
  Pairs pairs;
  for (const auto& c : cases) {
    if (!c.true_percent || !(c.*found)) continue;
    pairs.truth.push_back(*c.true_percent);
    pairs.found.push_back(*(c.*found));
  }
  return pairs;
}

void AddMean(std::vector<EvaluationLine>& lines, const std::string& metric,
             const std::vector<double>& values, const std::string& baseline = "",
             const std::vector<double>& baseline_values = {}) {
  if (values.empty()) return;
  EvaluationLine line{metric, values.size(), {}, baseline, {}};
  line.ours =
      Bootstrap(values.size(), [&](const auto& indices) { return Mean(Take(values, indices)); });
  if (!baseline_values.empty()) line.baseline_value = Mean(baseline_values);
  lines.push_back(line);
}

using PairStatistic = double (*)(const std::vector<double>&, const std::vector<double>&);

void AddPairs(std::vector<EvaluationLine>& lines, const std::string& metric, const Pairs& pairs,
              PairStatistic statistic, const std::string& baseline = "",
              std::optional<double> baseline_value = {}) {
  if (pairs.truth.size() < 2) return;
  EvaluationLine line{metric, pairs.truth.size(), {}, baseline, baseline_value};
  line.ours = Bootstrap(pairs.truth.size(), [&](const auto& indices) {
    return statistic(Take(pairs.truth, indices), Take(pairs.found, indices));
  });
  lines.push_back(line);
}

}  // namespace

std::vector<EvaluatedCase> EvaluateSamples(const Analyzer& analyzer,
                                           const std::vector<Sample>& samples, int workers) {
  std::vector<EvaluatedCase> cases(samples.size());
  Progress progress("evaluate", samples.size());
  ParallelFor(samples.size(), workers, [&](std::size_t i) {
    cases[i] = EvaluateOne(analyzer, samples[i]);
    progress.Advance();
  });
  return cases;
}

std::vector<EvaluationLine> Summarise(const std::vector<EvaluatedCase>& cases) {
  std::vector<EvaluationLine> lines;
  const std::string otsu = "Otsu inside the true breast";
  AddMean(lines, "Dice breast", Column(cases, &EvaluatedCase::breast_dice));
  AddMean(lines, "Dice dense", Column(cases, &EvaluatedCase::dense_dice), otsu,
          Column(cases, &EvaluatedCase::otsu_dice));
  AddMean(lines, "Dice pectoral", Column(cases, &EvaluatedCase::pectoral_dice));

  const Pairs masks = PairsOf(cases, &EvaluatedCase::percent);
  const Pairs head = PairsOf(cases, &EvaluatedCase::regression);
  const Pairs baseline = PairsOf(cases, &EvaluatedCase::otsu_percent);
  const std::vector<double> constant(masks.truth.size(), Mean(masks.truth));
  AddPairs(lines, "percent MAE (masks)", masks, MeanAbsoluteError, "the set's mean percent for all",
           MeanAbsoluteError(masks.truth, constant));
  AddPairs(lines, "percent MAE (regression head)", head, MeanAbsoluteError, otsu,
           MeanAbsoluteError(baseline.truth, baseline.found));
  AddPairs(lines, "percent Spearman (masks)", masks, Spearman, otsu,
           Spearman(baseline.truth, baseline.found));
  AddPairs(lines, "percent Spearman (regression head)", head, Spearman);

  std::vector<double> right;
  std::array<double, 4> counts{};
  for (const auto& c : cases) {
    if (!c.true_category || !c.category) continue;
    right.push_back(*c.true_category == *c.category ? 1 : 0);
    ++counts[static_cast<std::size_t>(*c.true_category)];
  }
  if (!right.empty()) {
    const double commonest =
        *std::max_element(counts.begin(), counts.end()) / static_cast<double>(right.size());
    AddMean(lines, "category accuracy", right, "always the commonest", {commonest});
  }
  return lines;
}

nlohmann::json EvaluationJson(const std::vector<EvaluatedCase>& cases,
                              const std::vector<EvaluationLine>& summary, const ModelCard& card) {
  const auto value = [](const auto& optional) {
    return optional ? nlohmann::json(*optional) : nlohmann::json();
  };
  nlohmann::json rows = nlohmann::json::array(), lines = nlohmann::json::array();
  for (const auto& c : cases) {
    rows.push_back({{"path", c.path},
                    {"error", c.error},
                    {"breast_dice", value(c.breast_dice)},
                    {"dense_dice", value(c.dense_dice)},
                    {"pectoral_dice", value(c.pectoral_dice)},
                    {"otsu_dice", value(c.otsu_dice)},
                    {"true_percent", value(c.true_percent)},
                    {"percent", value(c.percent)},
                    {"regression", value(c.regression)},
                    {"otsu_percent", value(c.otsu_percent)},
                    {"true_category", value(c.true_category)},
                    {"category", value(c.category)}});
  }
  for (const auto& line : summary) {
    lines.push_back({{"metric", line.metric},
                     {"cases", line.cases},
                     {"value", line.ours.value},
                     {"low", line.ours.low},
                     {"high", line.ours.high},
                     {"baseline", line.baseline},
                     {"baseline_value", value(line.baseline_value)}});
  }
  return {{"schema", "mhcnn-evaluation/1"},
          {"model", {{"name", card.name}, {"version", card.version}}},
          {"summary", std::move(lines)},
          {"cases", std::move(rows)}};
}

}  // namespace mhcnn
