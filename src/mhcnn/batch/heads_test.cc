#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/analyze/test_time_augmentation.h"
#include "mhcnn/base/csv.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/batch/batch.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/results/results_table.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::IsSubsetOf;
using ::testing::Not;

/// A "network" with those heads alone.
class HeadsBackend : public Backend {
 public:
  /// `feature`: the one of a network that gives features; training pictures have -1..1.
  explicit HeadsBackend(std::vector<std::string> heads, std::optional<float> feature = {})
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
    if (card_.network.Has("segmentation")) {
      for (const double above : {0.01, 0.7, 9.0}) {
        cv::Mat1f map;
        cv::Mat(inputs[0] > above).convertTo(map, CV_32F, 0.9 / 255);
        output.masks.push_back(map);
      }
    }
    if (card_.network.Has("regression")) output.percent = 31;
    if (card_.network.Has("classification")) output.category = {0.1, 0.1, 0.2, 0.6};
    if (feature_) output.features = {*feature_};
    return {output};
  }

 private:
  std::optional<float> feature_;
  ModelCard card_;
};

GreyImage Draw() {
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

/// What `mhcnn predict` does with one picture.
BatchReport Predict(const fs::path& folder, std::vector<std::string> heads, int variants = 1) {
  fs::remove_all(folder);
  WritePng(folder / "in/a.png", Draw());
  AnalyzeOptions analyze;
  analyze.variants = variants;
  const Analyzer analyzer(std::make_shared<HeadsBackend>(std::move(heads)), analyze);
  BatchOptions options;
  options.output = folder / "out";
  return RunBatch(analyzer, CollectImages({folder / "in"}, options.output), options);
}

std::map<std::string, std::string> FirstRow(const fs::path& table) {
  const auto lines = ParseCsv(ReadTextFile(table));
  std::map<std::string, std::string> row;
  for (std::size_t c = 0; c < lines.at(0).size(); ++c) row[lines[0][c]] = lines.at(1).at(c);
  return row;
}

TEST(Heads, WhatAModelLacksStaysEmptyAndIsSaid) {
  const fs::path folder = fs::path(::testing::TempDir()) / "heads";
  const auto regression = Predict(folder, {"regression"}, 3);
  const Result& r = regression.results.at(0);
  ASSERT_TRUE(r.ok()) << r.error;
  EXPECT_FALSE(r.percent_density || r.category || r.dense_area_cm2 || r.percent_spread);
  EXPECT_DOUBLE_EQ(*r.percent_regression, 31);
  EXPECT_THAT(r.flags, Contains("no_segmentation"));
  EXPECT_THAT(r.flags, Contains("no_classification"));
  EXPECT_THAT(r.flags, Not(Contains("no_regression")));
  for (const char* flag : {"outline_uncertain", "heads_disagree", "category_uncertain",
                           "view_inferred", "spacing_missing"}) {
    EXPECT_THAT(r.flags, Not(Contains(flag)));
  }
  EXPECT_FALSE(fs::exists(folder / "out/masks/a.png")) << "an empty mask would be a lie";
  EXPECT_TRUE(fs::exists(folder / "out/overlays/a.png"));
  auto row = FirstRow(folder / "out/results.csv");
  for (const char* column : {"percent_density", "category", "p_a", "p_d", "dense_area_cm2"})
    EXPECT_EQ(row.at(column), "") << column;
  EXPECT_EQ(row.at("percent_regression"), "31.0");
  EXPECT_EQ(row.at("status"), "ok");
  row = FirstRow(folder / "out/studies.csv");
  for (const char* column : {"percent_density", "percent_left", "category", "p_a", "error"})
    EXPECT_EQ(row.at(column), "") << column;
  EXPECT_EQ(row.at("status"), "ok");
  const auto json = nlohmann::json::parse(ReadTextFile(folder / "out/results.json"));
  EXPECT_TRUE(json["results"][0]["percent_density"].is_null());
  EXPECT_NEAR(json["results"][0]["percent_regression"].get<double>(), 31, 1e-9);
  EXPECT_TRUE(json["studies"][0]["unknown_side"]["category"].is_null());
  const Result back = ResultFromJson(json["results"][0]);
  EXPECT_FALSE(back.category || back.percent_density);
  EXPECT_DOUBLE_EQ(*back.percent_regression, 31);
}

TEST(Heads, ACategoryAloneIsGivenWithItsProbabilities) {
  const fs::path folder = fs::path(::testing::TempDir()) / "heads-category";
  const auto report = Predict(folder, {"classification"});
  const Result& r = report.results.at(0);
  ASSERT_TRUE(r.ok()) << r.error;
  EXPECT_EQ(*r.category, DensityCategory::kD);
  EXPECT_FALSE(r.percent_density || r.percent_regression);
  EXPECT_THAT(r.flags, Not(Contains("category_uncertain"))) << "there is no percent to differ from";
  const auto row = FirstRow(folder / "out/studies.csv");
  EXPECT_EQ(row.at("category"), "d");
  EXPECT_EQ(row.at("p_d"), "0.6000");
  EXPECT_EQ(row.at("percent_density"), "");
}

TEST(Heads, MasksAloneGiveThePercent) {
  const fs::path folder = fs::path(::testing::TempDir()) / "heads-masks";
  const auto report = Predict(folder, {"segmentation"});
  const Result& r = report.results.at(0);
  ASSERT_TRUE(r.ok()) << r.error;
  EXPECT_NEAR(*r.percent_density, 100 * CV_PI * 80 * 80 / (CV_PI * 300 * 350 / 2), 2);
  EXPECT_FALSE(r.percent_regression || r.category);
  EXPECT_THAT(r.flags, Contains("no_regression"));
  EXPECT_TRUE(fs::exists(folder / "out/masks/a.png"));
  EXPECT_EQ(FirstRow(folder / "out/results.csv").at("category"), "");
}

TEST(Heads, APictureFarFromTheTrainingIsFlagged) {
  const std::vector<std::string> heads = {"segmentation", "regression", "classification"};
  const auto analysed = [&](std::optional<float> feature) {
    Mammogram mammogram;
    mammogram.pixels = Draw();
    return Analyzer(std::make_shared<HeadsBackend>(heads, feature), {}).Analyze(mammogram);
  };
  const Result near = analysed(0.2f), far = analysed(-2), unknown = analysed({});
  EXPECT_LT(near.ood_score.value(), 1);
  EXPECT_GT(far.ood_score.value(), 1.5);
  EXPECT_FALSE(unknown.ood_score);
  EXPECT_THAT(far.flags, Contains("out_of_distribution"));
  EXPECT_THAT(near.flags, Not(Contains("out_of_distribution")));
}

}  // namespace
}  // namespace mhcnn
