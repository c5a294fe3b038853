#include "mhcnn/analyze/analyzer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

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
  EXPECT_EQ(missing.facts.path, "/no/such.png");
  EXPECT_FALSE(missing.percent_density);
  const testing_support::ScratchFolder folder;
  const fs::path labels = folder / "labels.png";
  WritePng(labels, cv::Mat1b(400, 300, uchar{64}));
  EXPECT_THAT(analyzer.AnalyzeFile(labels).result.error,
              HasSubstr("out_of_scope: has only 1 grey value(s)"));
}

TEST(Analyzer, FlagsPictureFarFromTraining) {
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
