#include "mhcnn/report/case_pictures.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/image/jpeg_encode.h"
#include "mhcnn/image/mask.h"
#include "mhcnn/image/mask_drawing.h"
#include "mhcnn/image/quantile.h"

namespace mhcnn {
namespace {

constexpr int kHeight = 260;  // pixels; wide enough to see an outline, small enough to embed
constexpr int kGap = 6;

/// Indices of the cases that have a badness, the highest first.
template <typename Badness>
std::vector<std::size_t> Highest(const std::vector<EvaluatedCase>& cases, std::size_t count,
                                 Badness badness) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (const auto value = badness(cases[i])) order.emplace_back(-*value, i);
  }
  std::sort(order.begin(), order.end());
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < std::min(count, order.size()); ++i) {
    indices.push_back(order[i].second);
  }
  return indices;
}

cv::Mat3b Background(const GreyImage& pixels, cv::Size size) {
  cv::Mat1w small;
  cv::resize(pixels, small, size, 0, 0, cv::INTER_AREA);
  const ValueRange range = RobustRange(small, 0.001, 0.002);
  const double scale = 255 / std::max(1.0, static_cast<double>(range.high) - range.low);
  cv::Mat grey;
  small.convertTo(grey, CV_8U, scale, -range.low * scale);
  cv::Mat3b colour;
  cv::cvtColor(grey, colour, cv::COLOR_GRAY2BGR);
  return colour;
}

void Outline(cv::Mat3b& canvas, const Mask& mask, const cv::Scalar& colour) {
  if (mask.empty()) return;
  DrawMaskOutline(canvas, ResizeMask(mask, canvas.size()), colour);
}

std::vector<std::uint8_t> Draw(const Sample& sample, const Prediction& predicted) {
  const SampleMasks truth = ReadTruth(sample, predicted.size);
  const int width = std::max(1, cvRound(static_cast<double>(kHeight) * predicted.size.width /
                                        std::max(1, predicted.size.height)));
  const cv::Mat3b background = Background(predicted.pixels, {width, kHeight});
  cv::Mat3b left = background.clone(), right = background.clone();
  Outline(left, truth.breast, kBreastColour);
  Outline(left, truth.pectoral, kPectoralColour);
  Outline(left, truth.dense, kDenseColour);
  Outline(right, predicted.breast, kBreastColour);
  Outline(right, predicted.pectoral, kPectoralColour);
  Outline(right, predicted.dense, kDenseColour);
  cv::Mat3b both(kHeight, 2 * width + kGap, cv::Vec3b(255, 255, 255));
  left.copyTo(both(cv::Rect(0, 0, width, kHeight)));
  right.copyTo(both(cv::Rect(width + kGap, 0, width, kHeight)));
  return EncodeJpegFile(both, {});
}

}  // namespace

std::vector<WorstCases> FindWorstCases(const std::vector<EvaluatedCase>& cases, std::size_t count) {
  std::vector<WorstCases> lists;
  lists.push_back({"Lowest Dice of dense tissue",
                   Highest(cases, count, [](const EvaluatedCase& c) -> std::optional<double> {
                     const Statistic dice = c.dice(Tissue::kDense);
                     return dice.defined() ? std::optional(1 - *dice.value) : std::nullopt;
                   })});
  lists.push_back({"Largest percent errors",
                   Highest(cases, count, [](const EvaluatedCase& c) -> std::optional<double> {
                     const auto& predicted = c.percent ? c.percent : c.regression;
                     if (!predicted || !c.true_percent) return std::nullopt;
                     return std::abs(*predicted - *c.true_percent);
                   })});
  std::erase_if(lists, [](const WorstCases& list) { return list.cases.empty(); });
  return lists;
}

CasePictures DrawWorstCases(const std::vector<WorstCases>& worst,
                            const std::vector<Sample>& samples, const Predictor& predictor,
                            int threads) {
  std::set<std::size_t> chosen;
  for (const auto& list : worst) chosen.insert(list.cases.begin(), list.cases.end());
  const std::vector<std::size_t> order(chosen.begin(), chosen.end());
  std::vector<std::vector<std::uint8_t>> jpegs(order.size());
  ParallelFor(order.size(), threads, [&](std::size_t i) {
    ThrowIfInterrupted();
    const Sample& sample = samples.at(order[i]);
    try {
      const Prediction predicted = predictor(sample);
      if (!predicted.pixels.empty()) jpegs[i] = Draw(sample, predicted);
    } catch (const Error&) {
      // It was readable a moment ago; the page goes without.
    }
  });
  CasePictures pictures;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (!jpegs[i].empty()) pictures[order[i]] = std::move(jpegs[i]);
  }
  return pictures;
}

}  // namespace mhcnn
