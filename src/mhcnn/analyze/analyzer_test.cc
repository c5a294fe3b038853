#include "mhcnn/analyze/analyzer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/backends.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::AnalyzeHalfEllipse;
using testing_support::DrawHalfEllipse;
using testing_support::DrawNoisyHalfEllipse;
using testing_support::GradedBackend;
using testing_support::HeadsBackend;
using testing_support::ThresholdBackend;

TEST(Analyzer, MeasuresDenseOverBreastWithoutMuscle) {
  const Result r = AnalyzeHalfEllipse();
  const double disc = CV_PI * 80 * 80, ellipse = CV_PI * 300 * 350 / 2;
  const double muscle = cv::countNonZero(r.pectoral);
  EXPECT_GT(muscle, 0);
  EXPECT_NEAR(
      *r.percent_density,
      100 * disc / (ellipse - cv::countNonZero(r.pectoral & (DrawHalfEllipse().pixels > 500))),
      1.0);
  EXPECT_NEAR(*r.dense_area_cm2, disc * 0.04 / 100, 0.25);
  EXPECT_DOUBLE_EQ(*r.percent_density,
                   100.0 * cv::countNonZero(r.dense) / cv::countNonZero(r.breast));
  EXPECT_EQ(cv::countNonZero(r.dense & ~r.breast), 0);
  EXPECT_EQ(cv::countNonZero(r.pectoral & r.breast), 0);
  EXPECT_EQ(r.breast.size(), DrawHalfEllipse().pixels.size());
  EXPECT_EQ(r.category, DensityCategory::kC);
}

TEST(Analyzer, AppliesSiteDenseThreshold) {
  const auto backend = std::make_shared<GradedBackend>();
  Mammogram mammogram = DrawHalfEllipse();
  for (int y = 0; y < 800; ++y) {  // bright at the chest wall, darker towards the nipple
    for (int x = 0; x < 300; ++x) {
      auto& value = mammogram.pixels(y, x);
      if (value >= 1000) value = static_cast<std::uint16_t>(1000 + 2000 * (300 - x) / 300);
    }
  }
  Calibration site;
  site.name = "strands";
  site.model = backend->card().fingerprint;
  site.dense_probability = 0.8;
  site.interval =
      PercentInterval{.coverage = 0.9, .error_scale = {1, 0, 0}, .groups = {{101, 2, 40}}};
  const Result plain = Analyzer(backend, {}).Analyze(mammogram).result;
  AnalyzeOptions options;
  options.calibration = site;
  const Result cut = Analyzer(backend, options).Analyze(mammogram).result;

  EXPECT_GT(*plain.percent_density, *cut.percent_density + 5);
  EXPECT_FALSE(plain.percent_uncalibrated);
  EXPECT_EQ(cut.percent_uncalibrated, plain.percent_density);
  EXPECT_EQ(cut.percent_strands, plain.percent_strands);
  EXPECT_LT(*cut.percent_strands, *cut.percent_density);
  // Masks, percent and area are of one convention; the breast is the same.
  EXPECT_EQ(cv::countNonZero(cut.breast != plain.breast), 0);
  EXPECT_EQ(cv::countNonZero(cut.dense & ~plain.dense), 0);
  EXPECT_DOUBLE_EQ(*cut.percent_density,
                   100.0 * cv::countNonZero(cut.dense) / cv::countNonZero(cut.breast));
  EXPECT_NEAR(*cut.dense_area_cm2 / *cut.breast_area_cm2, *cut.percent_density / 100, 1e-9);
  EXPECT_DOUBLE_EQ(*cut.percent_low, *cut.percent_density - 2);
  EXPECT_EQ(cut.flags, plain.flags);
  EXPECT_EQ(cut.percents_by_threshold, plain.percents_by_threshold);
  EXPECT_DOUBLE_EQ(cut.percents_by_threshold->at(6), *cut.percent_density);  // 0.8
}

TEST(Analyzer, FlagsUncertainResults) {
  EXPECT_THAT(AnalyzeHalfEllipse(15).flags, Not(Contains("heads_disagree")));
  EXPECT_THAT(AnalyzeHalfEllipse(60).flags, Contains("heads_disagree"));
  // 12.9 % would be a; the head says c with 0.6.
  EXPECT_THAT(AnalyzeHalfEllipse(15).flags, Contains("category_uncertain"));
  const Result bare = AnalyzeHalfEllipse(15, false);
  EXPECT_THAT(bare.flags, Contains("spacing_missing"));
  EXPECT_FALSE(bare.dense_area_cm2 || bare.breast_area_cm2);
}

TEST(Analyzer, FileErrorsBecomeRows) {
  const Analyzer analyzer(std::make_shared<ThresholdBackend>(), {});
  const Result missing = analyzer.AnalyzeFile("/no/such.png").result;
  EXPECT_THAT(missing.error, HasSubstr("not_found: "));
  EXPECT_EQ(missing.metadata.path, "/no/such.png");
  EXPECT_FALSE(missing.percent_density);
  const testing_support::ScratchFolder folder;
  const fs::path labels = folder / "labels.png";
  WritePng(labels, cv::Mat1b(400, 300, uchar{64}));
  EXPECT_THAT(analyzer.AnalyzeFile(labels).result.error,
              HasSubstr("out_of_scope: has only 1 grey value(s)"));
}

/// Its network is ready late.
class LateBackend : public ThresholdBackend {
 public:
  void WaitUntilReady() const override {
    std::this_thread::sleep_for(std::chrono::milliseconds(kStart));
  }
  static constexpr int kStart = 300;
};

double SumOf(const StageSeconds& s) { return s.read + s.prepare + s.network + s.measure; }

TEST(Analyzer, TotalTimeIsSumOfStagesExcludingNetworkStart) {
  const testing_support::ScratchFolder folder;
  const fs::path file = folder / "breast.png";
  WritePng(file, cv::Mat1w(DrawNoisyHalfEllipse()));
  const Analyzer analyzer(std::make_shared<LateBackend>(), {});
  const auto start = std::chrono::steady_clock::now();
  const Result result = analyzer.AnalyzeFile(file).result;
  const double passed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ASSERT_EQ(result.error, "");
  const StageSeconds& stages = result.stages;
  EXPECT_DOUBLE_EQ(result.seconds, SumOf(stages));
  EXPECT_LE(result.seconds, passed - LateBackend::kStart / 1000.0);
  for (const double part : {stages.read, stages.prepare, stages.network, stages.measure})
    EXPECT_GT(part, 0);
}

TEST(Analyzer, RefusedImageReportsStageTimes) {
  const testing_support::ScratchFolder folder;
  const fs::path file = folder / "noise.png";
  cv::Mat1w noise(900, 700);
  cv::randu(noise, 0, 65535);
  WritePng(file, noise);
  const Result result = Analyzer(std::make_shared<ThresholdBackend>(), {}).AnalyzeFile(file).result;
  EXPECT_THAT(result.error, HasSubstr("out_of_scope: "));
  EXPECT_GT(result.stages.read, 0);
  EXPECT_GT(result.stages.prepare, 0);
  EXPECT_DOUBLE_EQ(result.seconds, SumOf(result.stages));
}

TEST(Analyzer, FlagsImageOutsideTrainingDistribution) {
  const std::vector<Head> heads = {Head::kSegmentation, Head::kRegression, Head::kClassification};
  const auto analysed = [&](std::optional<float> feature) {
    Mammogram mammogram;
    mammogram.pixels = DrawNoisyHalfEllipse();
    return Analyzer(std::make_shared<HeadsBackend>(heads, feature), {}).Analyze(mammogram).result;
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
