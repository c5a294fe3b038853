// Masks that are not what their name says.
#include "mhcnn/data/mask_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/image/exif.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/scenes.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class MaskCheck : public testing::Test {
 protected:
  MaskCheck() : drawn_(testing_support::Draw({.background = 100, .label = false})) {
    // Brighter tissue in the breast's middle, a quarter of it and less.
    cv::ellipse(dense_, {0, 450}, {200, 180}, 0, 0, 360, 255, cv::FILLED);
    dense_ &= drawn_.breast;
    GreyImage brighter = drawn_.picture + 800;
    brighter.copyTo(drawn_.picture, dense_);
  }

  /// Kinds of the problems that these masks have.
  std::vector<std::string> Kinds(const cv::Mat& breast, const cv::Mat& dense, int orientation = 1) {
    ListedImage image;
    image.name = "a";
    image.sample.image = folder_ / "a.png";
    const auto write = [&](const char* name, const cv::Mat& mask, std::optional<fs::path>& place) {
      if (mask.empty()) return;
      place = folder_ / name;
      WritePng(*place, mask);
    };
    write("breast.png", breast, image.sample.breast_mask);
    write("dense.png", dense, image.sample.dense_mask);
    result_ = {};
    CheckMasks(image, {folder_ / "out", true}, drawn_.picture, orientation, result_);
    std::vector<std::string> kinds;
    for (const Problem& problem : result_.problems) kinds.push_back(problem.kind);
    return kinds;
  }
  double Truth() const {
    return 100.0 * cv::countNonZero(dense_) / cv::countNonZero(drawn_.breast);
  }

  const testing_support::ScratchFolder folder_;
  testing_support::Drawn drawn_;
  Mask dense_ = Mask::zeros(drawn_.picture.size());
  ImageCheck result_;
};

TEST_F(MaskCheck, GoodMasksHaveNoProblem) {
  EXPECT_THAT(Kinds(drawn_.breast, dense_), IsEmpty());
  EXPECT_NEAR(*result_.mask_percent, Truth(), 1e-6);
  EXPECT_THAT(Kinds(drawn_.breast / 255, dense_ / 255), IsEmpty());
  EXPECT_NEAR(*result_.mask_percent, Truth(), 1e-6);
}

TEST_F(MaskCheck, RejectsFullMasks) {
  const Mask all(dense_.size(), uchar{255});
  EXPECT_THAT(Kinds(all, dense_), ElementsAre("mask_full"));
  EXPECT_EQ(result_.breast_mask, "");
  EXPECT_THAT(Kinds(drawn_.breast, all), ElementsAre("mask_full"));
  EXPECT_EQ(result_.dense_mask, "");
  EXPECT_FALSE(result_.mask_percent);
  EXPECT_THAT(Kinds(drawn_.breast, drawn_.breast), ElementsAre("dense_full"));
  EXPECT_FALSE(result_.mask_percent);
  EXPECT_THAT(Kinds({}, drawn_.breast), ElementsAre("dense_full"));
}

TEST_F(MaskCheck, RejectsInvertedMasks) {
  EXPECT_THAT(Kinds(~drawn_.breast, dense_), testing::Contains("mask_inverted"));
  EXPECT_EQ(result_.breast_mask, "");
  EXPECT_THAT(Kinds(drawn_.breast, ~dense_), ElementsAre("mask_inverted"));
  EXPECT_EQ(result_.dense_mask, "");
  EXPECT_THAT(Kinds({}, ~dense_), ElementsAre("mask_inverted"));
  // Within the breast only the grey values say so.
  EXPECT_THAT(Kinds(drawn_.breast, drawn_.breast & ~dense_), ElementsAre("dense_darker"));
}

TEST_F(MaskCheck, ReportsEmptyMasks) {
  const Mask none = Mask::zeros(dense_.size());
  EXPECT_THAT(Kinds(none, dense_), ElementsAre("empty_mask"));
  EXPECT_EQ(result_.breast_mask, "");
  EXPECT_THAT(Kinds(drawn_.breast, none), ElementsAre("empty_mask"));
  EXPECT_NEAR(*result_.mask_percent, 0, 1e-9);
  // A set in which all are empty has no dense masks.
  ListedImage listed;
  listed.sample.dense_mask = folder_ / "dense.png";
  std::vector<ImageCheck> results = {result_, result_};
  std::vector<Problem> problems;
  DropEmptyDenseMasks({listed, listed}, results, problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].kind, "empty_masks");
  EXPECT_FALSE(results[1].mask_percent);
  EXPECT_EQ(results[0].dense_mask, "");
  Kinds(drawn_.breast, dense_);
  results = {result_};
  problems.clear();
  DropEmptyDenseMasks({listed}, results, problems);
  EXPECT_TRUE(problems.empty());
}

TEST_F(MaskCheck, RejectsLabelMapsWithoutValues) {
  const cv::Mat map = drawn_.breast / 3 + dense_ / 3;  // 85 breast, 170 dense, as predict writes it
  EXPECT_THAT(Kinds(map, dense_), ElementsAre("mask_values"));
  EXPECT_EQ(result_.breast_mask, "");
  // Soft edges are none.
  cv::Mat soft;
  cv::GaussianBlur(drawn_.breast, soft, {}, 1.5);
  EXPECT_THAT(Kinds(soft, dense_), IsEmpty());
}

TEST_F(MaskCheck, RejectsDenseOutsideBreast) {
  Mask beside = Mask::zeros(dense_.size());
  beside(cv::Rect(500, 100, 100, 100)).setTo(255);
  EXPECT_THAT(Kinds(drawn_.breast, beside), ElementsAre("dense_outside"));
  EXPECT_EQ(result_.dense_mask, "");
  EXPECT_FALSE(result_.mask_percent);
}

TEST_F(MaskCheck, UsesAlphaMasksWithWarning) {
  const cv::Mat white(dense_.size(), CV_8U, cv::Scalar(255));
  cv::Mat picture;
  cv::merge(std::vector<cv::Mat>{white, white, white, dense_}, picture);
  std::vector<std::uint8_t> png;
  cv::imencode(".png", picture, png);
  Kinds(drawn_.breast, {});
  ListedImage image;
  image.sample.breast_mask = folder_ / "breast.png";
  image.sample.dense_mask = folder_ / "alpha.png";
  WriteFileAtomically(*image.sample.dense_mask, png);
  ImageCheck result;
  CheckMasks(image, {folder_ / "out", true}, drawn_.picture, 1, result);
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_EQ(result.problems[0].kind, "mask_in_alpha");
  EXPECT_NEAR(*result.mask_percent, Truth(), 1e-6);
}

TEST_F(MaskCheck, TurnsMasksOfTurnedPicture) {
  for (int orientation = 2; orientation <= 8; ++orientation) {
    // Upright masks are used as they are.
    EXPECT_THAT(Kinds(drawn_.breast, dense_, orientation), IsEmpty()) << orientation;
    // Those of the stored pixels are turned along. The breast lies alike above and below, so that
    // only ways that exchange left and right, or the sides, can be told.
    if (orientation == 4) continue;
    const int back = orientation == 6 ? 8 : orientation == 8 ? 6 : orientation;
    const cv::Mat breast = ApplyExifOrientation(drawn_.breast, back),
                  dense = ApplyExifOrientation(dense_, back);
    EXPECT_THAT(Kinds(breast, dense, orientation), ElementsAre("mask_turned", "mask_turned"))
        << orientation;
    EXPECT_NEAR(*result_.mask_percent, Truth(), 1e-6);
    EXPECT_EQ(cv::norm(ReadMask(result_.dense_mask).mask, dense_, cv::NORM_INF), 0) << orientation;
  }
}

}  // namespace
}  // namespace mhcnn
