#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/base/random.h"

// Backends without a network, whose outputs follow from the grey values, and pictures for them.
namespace mhcnn::testing_support {

/// A "network" that calls every bright pixel breast, very bright ones dense, and the top left
/// corner pectoral muscle.
class ThresholdBackend : public Backend {
 public:
  explicit ThresholdBackend(double percent = 25) : percent_(percent) {
    card_.name = "threshold";
    card_.version = "1";
    card_.masks = {"breast", "dense", "pectoral"};
    card_.preprocess.input_height = 416;
    card_.preprocess.input_width = 224;
    card_.preprocess.low_percentile = 5;  // surely breast, so that the background lies well below 0
    card_.calibration = nlohmann::json::object();
  }
  const ModelCard& card() const override { return card_; }
  std::string Description() const override { return "test"; }
  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    std::vector<NetworkOutput> outputs;
    for (const auto& input : inputs) {
      NetworkOutput output;
      const auto map = [&](double above) {
        cv::Mat1f probability;
        cv::Mat(input > above).convertTo(probability, CV_32F, 0.9 / 255);
        return probability;
      };
      output.masks = {map(-0.1), map(0.8), cv::Mat1f::zeros(input.size())};
      output.masks[0].setTo(0, input == 0);
      output.masks[2](cv::Rect(0, 0, 20, 60)).setTo(0.95);
      output.percent = percent_;
      output.category = {0.1, 0.2, 0.6, 0.1};
      outputs.push_back(output);
    }
    return outputs;
  }

 private:
  ModelCard card_;
  double percent_;
};

/// A "network" that is surer of dense tissue the brighter it is: the probability of half grey is
/// 0.5.
class GradedBackend : public ThresholdBackend {
 public:
  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    auto outputs = ThresholdBackend::Run(inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      outputs[i].masks[1] = cv::max(0.f, cv::min(1.f, inputs[i]));
    return outputs;
  }
};

/// A "network" with only the given heads.
class HeadsBackend : public Backend {
 public:
  /// Makes it. `feature`: the one of a network that gives features; training pictures have -1..1.
  explicit HeadsBackend(std::vector<Head> heads, std::optional<float> feature = {})
      : feature_(feature) {
    card_.name = "heads";
    card_.version = "1";
    card_.network.heads = std::move(heads);
    card_.masks = {"breast", "dense", "pectoral"};
    card_.preprocess.input_height = 416;
    card_.preprocess.input_width = 224;
    card_.calibration = nlohmann::json::object();
    if (!feature) return;
    std::vector<std::vector<float>> training;
    for (int i = 0; i <= 100; ++i) training.push_back({static_cast<float>(i - 50) / 50.f});
    card_.training = {{"features", FeatureDistribution::Fit(training, {})}};
  }
  const ModelCard& card() const override { return card_; }
  std::string Description() const override { return "test"; }
  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    NetworkOutput output;
    if (card_.network.Has(Head::kSegmentation)) {
      for (const double above : {0.01, 0.7, 9.0}) {
        cv::Mat1f map;
        cv::Mat(inputs[0] > above).convertTo(map, CV_32F, 0.9 / 255);
        output.masks.push_back(map);
      }
    }
    if (card_.network.Has(Head::kRegression)) output.percent = 31;
    if (card_.network.Has(Head::kClassification)) output.category = {0.1, 0.1, 0.2, 0.6};
    if (feature_) output.features = {*feature_};
    return {output};
  }

 private:
  std::optional<float> feature_;
  ModelCard card_;
};

/// Draws a half ellipse of grey 1000 with a disc of 3000 whose areas are known.
inline Mammogram DrawHalfEllipse(bool spacing = true) {
  Mammogram mammogram;
  mammogram.pixels = GreyImage(800, 500, std::uint16_t{0});
  for (int y = 0; y < 800; ++y) {
    for (int x = 0; x < 500; ++x)
      mammogram.pixels(y, x) = static_cast<std::uint16_t>((x * 7 + y * 13) % 60);
  }
  cv::Mat shape = cv::Mat::zeros(mammogram.pixels.size(), CV_8U);
  cv::ellipse(shape, {0, 400}, {300, 350}, 0, 0, 360, 1, cv::FILLED);
  cv::circle(shape, {150, 450}, 80, 2, cv::FILLED);
  for (int y = 0; y < 800; ++y) {
    for (int x = 0; x < 500; ++x) {
      if (shape.at<uchar>(y, x)) {
        mammogram.pixels(y, x) = static_cast<std::uint16_t>(
            5 * mammogram.pixels(y, x) + 1000 * (shape.at<uchar>(y, x) == 2 ? 3 : 1));
      }
    }
  }
  if (spacing) mammogram.metadata.row_spacing_mm = mammogram.metadata.column_spacing_mm = 0.2;
  return mammogram;
}

inline Result AnalyzeHalfEllipse(double regression = 15, bool spacing = true) {
  const Analyzer analyzer(std::make_shared<ThresholdBackend>(regression), {});
  return analyzer.Analyze(DrawHalfEllipse(spacing)).result;
}

/// Draws the same shapes with random noise.
inline GreyImage DrawNoisyHalfEllipse() {
  RandomStream random(5, 0);
  cv::Mat1b shape = cv::Mat1b::zeros(800, 500);
  cv::ellipse(shape, {0, 400}, {300, 350}, 0, 0, 360, 1, cv::FILLED);
  cv::circle(shape, {150, 450}, 80, 2, cv::FILLED);
  GreyImage picture(shape.size());
  const double levels[] = {30, 1000, 3000};
  for (int y = 0; y < shape.rows; ++y) {
    for (int x = 0; x < shape.cols; ++x) {
      picture(y, x) = cv::saturate_cast<std::uint16_t>(
          random.Normal(levels[shape(y, x)], 10 + 0.1 * levels[shape(y, x)]));
    }
  }
  return picture;
}

}  // namespace mhcnn::testing_support
