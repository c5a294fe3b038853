#include "mhcnn/evaluate/case_scoring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Mask Box(cv::Rect box) {
  Mask mask = Mask::zeros(100, 80);
  mask(box).setTo(255);
  return mask;
}

/// A picture of 80 x 100 with a breast of 40 x 60, of which 20 x 30 is dense and bright, and a
/// muscle of 10 x 20 beside it.
class Scoring : public ::testing::Test {
 protected:
  Scoring() {
    breast_ = Box({0, 20, 40, 60});
    dense_ = Box({10, 30, 20, 30});
    pectoral_ = Box({0, 0, 10, 20});
    GreyImage picture(100, 80, std::uint16_t{10});
    picture.setTo(100, breast_);
    picture.setTo(200, dense_);
    WritePng(folder_ / "i.png", picture);
    WritePng(folder_ / "b.png", breast_);
    WritePng(folder_ / "d.png", dense_);
    WritePng(folder_ / "p.png", pectoral_);
    sample_.image = folder_ / "i.png";
    sample_.breast_mask = folder_ / "b.png";
    sample_.dense_mask = folder_ / "d.png";
    sample_.pectoral_mask = folder_ / "p.png";
    found_.size = picture.size();
    found_.pixels = picture;
    found_.method = "test 1";
    found_.breast = breast_;
    found_.dense = dense_;
    found_.pectoral = pectoral_;
    found_.percent = 25;
  }
  const testing_support::ScratchFolder folder_;
  Mask breast_, dense_, pectoral_;
  Sample sample_;
  Prediction found_;
};

TEST_F(Scoring, ReferenceScoresPerfectly) {
  const auto c = ScoreCase(sample_, found_);
  EXPECT_TRUE(c.measured()) << c.error;
  for (const Tissue tissue : kTissues) {
    EXPECT_EQ(*c.dice(tissue).value, 1) << TissueName(tissue);
    EXPECT_EQ(*c.score(tissue)->hausdorff95, 0);
    EXPECT_EQ(*c.score(tissue)->surface_dice, 1);
  }
  EXPECT_EQ(*c.tissue_dice, 1);
  EXPECT_DOUBLE_EQ(*c.true_percent, 100.0 * 600 / 2400);
  EXPECT_EQ(*c.otsu_dice, 1);  // Otsu is right on two flat levels
  EXPECT_FALSE(c.in_mm);
}

TEST_F(Scoring, UsesThresholdAsReference) {
  sample_.dense_mask.reset();
  sample_.dense_threshold = 150;  // between the breast's 100 and the dense tissue's 200
  found_.pixels = {};             // a method may have read fewer pixels; the file's are meant
  const auto c = ScoreCase(sample_, found_);
  EXPECT_TRUE(c.measured()) << c.error;
  EXPECT_EQ(*c.dice(Tissue::kDense).value, 1);
  EXPECT_DOUBLE_EQ(*c.true_percent, 25);
}

TEST_F(Scoring, MatchesHandComputedCounts) {
  // Dense found 10 columns to the right: half of it right. The muscle reaches 5 rows into the
  // breast, where it goes before it.
  found_.dense = Box({20, 30, 20, 30});
  found_.pectoral = Box({0, 0, 10, 25});
  const auto c = ScoreCase(sample_, found_);
  const OverlapCounts dense{300, 300, 300, 8000 - 900};
  EXPECT_EQ(c.score(Tissue::kDense)->counts, dense);
  EXPECT_DOUBLE_EQ(*c.dice(Tissue::kDense).value, 0.5);
  const double pectoral = 2.0 * 200 / (200 + 250), breast_found = 2400 - 50;
  // Adipose: true 1800; found 2350 - 600 = 1750; common: all but the two halves of the dense boxes
  // and the 50 pixels given to the muscle.
  const double adipose = 2.0 * (2400 - 900 - 50) / (1800 + breast_found - 600);
  EXPECT_NEAR(*c.tissue_dice, (pectoral + 0.5 + adipose) / 3, 1e-12);
}

TEST_F(Scoring, DistancesAreInMillimetresWithSpacing) {
  found_.dense = Box({20, 30, 20, 30});
  EXPECT_DOUBLE_EQ(*ScoreCase(sample_, found_).score(Tissue::kDense)->hausdorff95, 10);
  found_.metadata.row_spacing_mm = found_.metadata.column_spacing_mm = 0.1;
  const auto c = ScoreCase(sample_, found_, {.tolerance_mm = 1, .tolerance_pixels = 0});
  EXPECT_TRUE(c.in_mm);
  EXPECT_DOUBLE_EQ(*c.score(Tissue::kDense)->hausdorff95, 1);
  EXPECT_DOUBLE_EQ(*c.score(Tissue::kDense)->surface_dice, 1);
  EXPECT_LT(*ScoreCase(sample_, found_, {.tolerance_mm = 0.5}).score(Tissue::kDense)->surface_dice,
            1);
}

TEST_F(Scoring, ScoresNumbersWithoutMasks) {
  found_.breast = found_.dense = found_.pectoral = Mask();
  found_.percent.reset();
  found_.regression = 30;
  const auto c = ScoreCase(sample_, found_);
  EXPECT_TRUE(c.measured());
  for (const Tissue tissue : kTissues) EXPECT_FALSE(c.score(tissue).has_value());
  EXPECT_FALSE(c.tissue_dice.has_value());
  EXPECT_EQ(*c.regression, 30);
  EXPECT_EQ(*c.true_percent, 25);
}

TEST_F(Scoring, NamesReferenceOfWrongSize) {
  WritePng(folder_ / "d.png", Mask(Mask::zeros(50, 40)));
  const auto c = ScoreCase(sample_, found_);
  EXPECT_THAT(c.error, HasSubstr("d.png"));
  EXPECT_THAT(c.error, HasSubstr("40 x 50 pixels, its picture 80 x 100"));
  EXPECT_FALSE(c.score(Tissue::kBreast).has_value());
  fs::remove(folder_ / "d.png");
  EXPECT_THAT(ScoreCase(sample_, found_).error, HasSubstr("d.png"));
}

TEST_F(Scoring, PrefersManifestStudyOverHeader) {
  EXPECT_EQ(ScoreCase(sample_, found_).study, "");
  found_.metadata.path = sample_.image.string();
  EXPECT_EQ(ScoreCase(sample_, found_).study, "") << "the file by itself is no exam";
  found_.metadata.patient_id = "w1";
  found_.metadata.study_date = "20150102";
  EXPECT_EQ(ScoreCase(sample_, found_).study, "w1 20150102");
  found_.metadata.study_uid = "1.2.3";
  found_.metadata.flags = {"spot_view"};
  EXPECT_EQ(ScoreCase(sample_, found_).study, "1.2.3");
  EXPECT_EQ(ScoreCase(sample_, found_).flags, std::vector<std::string>{"spot_view"});
  sample_.study_id = "first visit";
  EXPECT_EQ(ScoreCase(sample_, found_).study, "first visit");
}

/// A file that ReadMammogram refuses, with a whole header.
void WriteRaw(const fs::path& path) {
  Mammogram raw;
  raw.pixels = GreyImage(40, 32, std::uint16_t{7});
  raw.metadata.bits = 12;
  raw.metadata.laterality = Laterality::kRight;
  raw.metadata.view = View::kCC;
  raw.metadata.patient_id = "w7";
  raw.metadata.study_uid = "1.2.7";
  raw.metadata.manufacturer = "Vendor";
  DicomWriteOptions options;
  options.for_processing = true;
  WriteDicomMammogram(path, raw, options);
}

TEST_F(Scoring, TakesPatientStudyAndVendorOfAFailedFileFromItsHeader) {
  sample_.image = folder_ / "raw.dcm";
  WriteRaw(sample_.image);
  const auto c = EvaluateSamples(OtsuPredictor(), {sample_}, {}, 1).front();
  EXPECT_FALSE(c.measured());
  EXPECT_EQ(c.patient_id, "w7");
  EXPECT_EQ(c.study, "1.2.7");
  EXPECT_EQ(c.vendor, "Vendor");
  EXPECT_EQ(c.laterality, Laterality::kRight);
  sample_.patient_id = "known";
  EXPECT_EQ(EvaluateSamples(OtsuPredictor(), {sample_}, {}, 1).front().patient_id, "known");
}

TEST_F(Scoring, HeaderThatCannotBeReadLeavesPatientUnknown) {
  sample_.image = folder_ / "raw.dcm";
  WriteRaw(sample_.image);
  fs::resize_file(sample_.image, 140);  // after the preamble and "DICM"
  const auto c = EvaluateSamples(OtsuPredictor(), {sample_}, {}, 1).front();
  EXPECT_FALSE(c.measured());
  EXPECT_EQ(c.patient_id + c.study + c.vendor, "");
  sample_.image = folder_ / "none.dcm";
  EXPECT_EQ(EvaluateSamples(OtsuPredictor(), {sample_}, {}, 1).front().patient_id, "");
}

TEST_F(Scoring, SamplesAreUniqueAndOrdered) {
  EXPECT_THROW(EvaluateSamples(OtsuPredictor(), {sample_, sample_}, {}, 1), Error);
  Sample missing = sample_;
  missing.image = folder_ / "none.png";
  const auto cases = EvaluateSamples(OtsuPredictor(), {sample_, missing}, {}, 2);
  EXPECT_EQ(*cases[0].dice(Tissue::kDense).value, 1);
  EXPECT_FALSE(cases[0].score(Tissue::kBreast).has_value()) << "the breast was given";
  EXPECT_THAT(cases[1].error, HasSubstr("not_found"));
  EXPECT_THAT(cases[1].path, HasSubstr("none.png"));
}

TEST_F(Scoring, TrainingMeanIsBaseline) {
  Sample fatty, dense;
  fatty.percent_density = 10;
  fatty.category = DensityCategory::kB;
  dense.percent_density = 30;
  dense.category = DensityCategory::kB;
  Sample third;
  third.category = DensityCategory::kD;
  const Prediction found = ConstantPredictor({fatty, dense, third})(sample_);
  EXPECT_TRUE(found.error.empty());
  EXPECT_EQ(*found.percent, 20);
  EXPECT_EQ(*found.category, DensityCategory::kB);
  EXPECT_NEAR((*found.probabilities)[1], 2.0 / 3, 1e-12);
  EXPECT_THROW(ConstantPredictor({Sample{}}), Error);
}

}  // namespace
}  // namespace mhcnn
