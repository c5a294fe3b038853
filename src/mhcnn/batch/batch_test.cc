#include "mhcnn/batch/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/imgproc.hpp>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/base/csv.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/results/overlay.h"
#include "mhcnn/results/results_table.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

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

/// A half ellipse of grey 1000 with a disc of 3000 whose areas are known.
Mammogram Draw(bool spacing = true) {
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
  if (spacing) mammogram.facts.row_spacing_mm = mammogram.facts.column_spacing_mm = 0.2;
  return mammogram;
}

Result Analysed(double regression = 15, bool spacing = true) {
  const Analyzer analyzer(std::make_shared<ThresholdBackend>(regression), {});
  return analyzer.Analyze(Draw(spacing));
}

TEST(Analyzer, MeasuresDenseOverBreastWithoutMuscle) {
  const Result r = Analysed();
  const double disc = CV_PI * 80 * 80, ellipse = CV_PI * 300 * 350 / 2;
  const double muscle = cv::countNonZero(r.pectoral);
  EXPECT_GT(muscle, 0);
  EXPECT_NEAR(*r.percent_density,
              100 * disc / (ellipse - cv::countNonZero(r.pectoral & (Draw().pixels > 500))), 1.0);
  EXPECT_NEAR(*r.dense_area_cm2, disc * 0.04 / 100, 0.25);
  EXPECT_DOUBLE_EQ(*r.percent_density,
                   100.0 * cv::countNonZero(r.dense) / cv::countNonZero(r.breast));
  EXPECT_EQ(cv::countNonZero(r.dense & ~r.breast), 0);
  EXPECT_EQ(cv::countNonZero(r.pectoral & r.breast), 0);
  EXPECT_EQ(r.breast.size(), Draw().pixels.size());
  EXPECT_EQ(r.category, DensityCategory::kC);
}

TEST(Analyzer, FlagsWhatIsDoubtful) {
  EXPECT_THAT(Analysed(15).flags, Not(Contains("heads_disagree")));
  EXPECT_THAT(Analysed(60).flags, Contains("heads_disagree"));
  // 12.9 % would be a; the head says c with 0.6.
  EXPECT_THAT(Analysed(15).flags, Contains("category_uncertain"));
  const Result bare = Analysed(15, false);
  EXPECT_THAT(bare.flags, Contains("spacing_missing"));
  EXPECT_FALSE(bare.dense_area_cm2 || bare.breast_area_cm2);
}

TEST(Analyzer, FileErrorsBecomeRows) {
  const Analyzer analyzer(std::make_shared<ThresholdBackend>(), {});
  const Result missing = analyzer.AnalyzeFile("/no/such.png");
  EXPECT_THAT(missing.error, HasSubstr("not_found: "));
  EXPECT_EQ(missing.facts.path, "/no/such.png");
  EXPECT_FALSE(missing.percent_density);
  const fs::path labels = fs::path(::testing::TempDir()) / "labels.png";
  WritePng(labels, cv::Mat1b(400, 300, uchar{64}));
  EXPECT_THAT(analyzer.AnalyzeFile(labels).error,
              HasSubstr("out_of_scope: has only 1 grey value(s)"));
}

TEST(ResultsTable, HasTheDocumentedColumnsInOrder) {
  EXPECT_THAT(ResultColumns(),
              ElementsAre("path", "study_uid", "sop_uid", "laterality", "view", "percent_density",
                          "percent_low", "percent_high", "dense_area_cm2", "breast_area_cm2",
                          "category", "p_a", "p_b", "p_c", "p_d", "flags", "status", "error",
                          "model", "seconds", "percent_spread", "percent_regression",
                          "percent_uncalibrated", "category_range", "ood_score"));
  Result good = Analysed(60), bad;
  good.facts.path = "a, \"b\".png";
  bad.facts.path = "x.dcm";
  bad.error = "corrupt: is cut short";
  const auto rows = ParseCsv(ResultsCsv({good, bad}));
  ASSERT_EQ(rows.size(), 3u);
  for (const auto& row : rows) EXPECT_EQ(row.size(), ResultColumns().size());
  EXPECT_EQ(rows[1][0], good.facts.path);
  EXPECT_EQ(rows[1][5], cv::format("%.1f", *good.percent_density));
  EXPECT_EQ(rows[1][10], "c");
  EXPECT_EQ(rows[1][15], "heads_disagree;category_uncertain");
  EXPECT_EQ(rows[2][5], "");
  EXPECT_EQ(rows[2][10], "");
  EXPECT_EQ(rows[2][16], "error");
  const auto json =
      nlohmann::json::parse(ResultsJson({good, bad}, MakeStudies({good, bad}, StudyBy::kAuto),
                                        ModelSummary(ThresholdBackend().card())));
  EXPECT_EQ(json["studies"].size(), 2u);
  EXPECT_EQ(json["results"][0]["percent_regression"], 60);
  EXPECT_TRUE(json["results"][1]["category"].is_null());
  EXPECT_THAT(json["notice"].get<std::string>(), HasSubstr("not a medical device"));
}

TEST(Overlay, DrawsOutlinesAndKeepsThePanelOffTheBreast) {
  const Mammogram mammogram = Draw();
  const Result r = Analysed();
  const cv::Mat3b overlay = DrawOverlay(mammogram.pixels, r);
  EXPECT_EQ(overlay.cols, 500);
  int coloured = 0;
  for (const auto& pixel : overlay) coloured += std::abs(pixel[0] - pixel[2]) > 60;
  EXPECT_GT(coloured, 2000);
  // With tissue everywhere the panel goes below the picture.
  Result full = r;
  full.breast.setTo(255);
  EXPECT_GT(DrawOverlay(mammogram.pixels, full).rows, 800);
  EXPECT_EQ(cv::countNonZero(LabelMap(r) == 170), cv::countNonZero(r.dense));
}

TEST(Batch, FindsImagesByNameOrContentAndTellsTwinsApart) {
  const fs::path folder = fs::path(::testing::TempDir()) / "batch";
  fs::remove_all(folder);
  fs::create_directories(folder / "sub");
  const Mammogram mammogram = Draw();
  WritePng(folder / "a.png", mammogram.pixels);
  WritePng(folder / "sub/no_extension", mammogram.pixels);
  WriteFileAtomically(folder / "a.dcm", std::string_view("text"));
  WriteFileAtomically(folder / "notes.txt", std::string_view("text"));
  WritePng(folder / "out/overlays/old.png", mammogram.pixels);
  const auto items = CollectImages({folder}, folder / "out");
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].name, "a.dcm");
  EXPECT_EQ(items[1].name, "a.png");
  EXPECT_EQ(items[2].name, "sub/no_extension");

  const Analyzer analyzer(std::make_shared<ThresholdBackend>(), {});
  BatchOptions options;
  options.output = folder / "out";
  const auto results = RunBatch(analyzer, items, options).results;
  ASSERT_EQ(results.size(), 3u);
  EXPECT_FALSE(results[0].ok());
  EXPECT_TRUE(results[1].ok() && results[2].ok()) << results[1].error << results[2].error;
  EXPECT_TRUE(fs::exists(folder / "out/overlays/a.png.png"));
  EXPECT_TRUE(fs::exists(folder / "out/masks/sub/no_extension.png"));
  EXPECT_FALSE(fs::exists(folder / "out/overlays/a.dcm.png"));
  EXPECT_EQ(ParseCsv(ReadTextFile(folder / "out/results.csv")).size(), 4u);
}

}  // namespace
}  // namespace mhcnn
