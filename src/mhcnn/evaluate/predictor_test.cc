#include "mhcnn/evaluate/predictor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/tissue_label.h"
#include "mhcnn/testing/backends.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

Mask Box(const cv::Rect& box) {
  Mask mask = Mask::zeros(60, 50);
  mask(box).setTo(255);
  return mask;
}

/// A picture of 50 x 60 with a breast of 30 x 40 of grey 100, of which 10 x 12 is of grey 200.
class PredictorTest : public ::testing::Test {
 protected:
  PredictorTest() : picture_(60, 50, std::uint16_t{5000}) {  // brighter outside the breast
    picture_.setTo(100, breast_);
    picture_.setTo(200, dense_);
    WritePng(folder_ / "i.png", picture_);
    WritePng(folder_ / "b.png", breast_);
    WritePng(folder_ / "d.png", dense_);
    sample_.image = folder_ / "i.png";
    sample_.breast_mask = folder_ / "b.png";
    sample_.dense_mask = folder_ / "d.png";
  }
  const testing_support::ScratchFolder folder_;
  const Mask breast_ = Box({0, 10, 30, 40}), dense_ = Box({5, 20, 10, 12});
  GreyImage picture_;
  Sample sample_;
};

TEST_F(PredictorTest, OtsuSeparatesTwoGreysWithinTheTrueBreast) {
  EXPECT_EQ(cv::norm(SegmentDenseByOtsu(picture_, breast_), dense_, cv::NORM_INF), 0);
  EXPECT_EQ(cv::countNonZero(SegmentDenseByOtsu(picture_, Mask::zeros(60, 50))), 0);
  const Prediction found = OtsuPredictor()(sample_);
  EXPECT_EQ(found.error, "");
  EXPECT_EQ(found.size, cv::Size(50, 60));
  EXPECT_EQ(cv::norm(found.dense, dense_, cv::NORM_INF), 0);
  EXPECT_TRUE(found.breast.empty());
  EXPECT_NEAR(*found.percent, 100.0 * 120 / 1200, 1e-9);
  sample_.breast_mask.reset();
  EXPECT_THAT(OtsuPredictor()(sample_).error, HasSubstr("needs a true breast mask"));
}

TEST_F(PredictorTest, ConstantIsMeanOfAllTrainingSamplesWithAPercent) {
  Sample stated, category;
  stated.percent_density = 40;
  stated.category = DensityCategory::kC;
  category.category = DensityCategory::kC;
  // The percent of `sample_` follows from its masks: 10.
  const Predictor predict = ConstantPredictor({stated, category, sample_});
  const Prediction found = predict(sample_);
  EXPECT_NEAR(*found.percent, 25, 1e-9);
  EXPECT_EQ(found.category, DensityCategory::kC);
  EXPECT_EQ(*found.probabilities, (std::array{0.0, 0.0, 1.0, 0.0}));
  Sample missing;
  missing.image = folder_ / "none.png";
  EXPECT_THAT(predict(missing).error, HasSubstr("not_found"));
  EXPECT_THAT(testing_support::ErrorMessage([] { ConstantPredictor({}); }, ErrorCode::kUsage),
              HasSubstr("--baseline mean"));
}

TEST_F(PredictorTest, TruthIsTheStatedPercentOrThatOfTheMasks) {
  EXPECT_NEAR(*TruePercent(sample_), 10, 1e-9);
  sample_.percent_density = 33;
  EXPECT_EQ(TruePercent(sample_), 33);
  sample_.percent_density.reset();
  sample_.dense_mask.reset();
  EXPECT_EQ(TruePercent(sample_), std::nullopt);
  sample_.dense_threshold = 150;
  EXPECT_NEAR(*TruePercent(sample_), 10, 1e-9);
  EXPECT_EQ(cv::norm(ReadTruth(sample_).dense, dense_, cv::NORM_INF), 0);
  EXPECT_THAT(testing_support::ErrorMessage(
                  [&] {
                    ReadTruth(sample_, {20, 20});
                  },
                  ErrorCode::kCorrupt),
              HasSubstr("b.png: the true mask has 50 x 60 pixels, its picture 20 x 20"));
}

TEST_F(PredictorTest, ModelGivesWhatItsResultSays) {
  const Analyzer analyzer(std::make_shared<testing_support::ThresholdBackend>(31), {});
  const Mammogram mammogram = testing_support::DrawHalfEllipse();
  WritePng(folder_ / "m.png", mammogram.pixels);
  Sample sample;
  sample.image = folder_ / "m.png";
  const Prediction found = ModelPredictor(analyzer)(sample);
  const Result result = analyzer.AnalyzeFile(sample.image).result;
  ASSERT_EQ(found.error, "");
  EXPECT_EQ(found.method, "threshold 1");
  EXPECT_EQ(found.percent, result.percent_density);
  EXPECT_EQ(found.regression, 31);
  EXPECT_EQ(found.category, DensityCategory::kC);
  EXPECT_EQ(found.size, mammogram.pixels.size());
  EXPECT_EQ(found.dense.size(), found.size);
  EXPECT_NEAR(100.0 * cv::countNonZero(found.dense) / cv::countNonZero(found.breast),
              *result.percent_density, 0.5);
  sample.image = folder_ / "none.png";
  EXPECT_THAT(ModelPredictor(analyzer)(sample).error, HasSubstr("not_found"));
}

TEST_F(PredictorTest, LabelMapIsSplitIntoMasks) {
  cv::Mat1b labels(2, 3);
  labels << 0, 85, 170, 255, 85, 0;
  Prediction prediction;
  SplitLabelMap(labels, prediction);
  EXPECT_EQ(cv::countNonZero(prediction.breast), 3) << "dense tissue is breast as well";
  EXPECT_EQ(cv::countNonZero(prediction.dense), 1);
  EXPECT_EQ(prediction.pectoral(1, 0), 255);
}

TEST(ResizeToFile, SmallerPictureIsBroughtToTheSizeOfItsFile) {
  const GreyImage picture(30, 20, std::uint16_t{77});
  EXPECT_EQ(ResizeToFile(picture, {20, 30}).data, picture.data) << "not copied";
  const GreyImage full = ResizeToFile(picture, {40, 60});
  EXPECT_EQ(full.size(), cv::Size(40, 60));
  EXPECT_EQ(cv::norm(full, GreyImage(60, 40, std::uint16_t{77}), cv::NORM_INF), 0);
  EXPECT_TRUE(ResizeToFile({}, {40, 60}).empty());
}

}  // namespace
}  // namespace mhcnn
