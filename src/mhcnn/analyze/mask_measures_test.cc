#include "mhcnn/analyze/mask_measures.h"

#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using testing_support::ThrownCode;

/// Masks of 100 x 50 pixels for a file of 200 x 100: a breast of 40 x 25 pixels, of which the left
/// 10 columns are dense.
Result MakeResult() {
  Result result;
  result.size = {200, 100};
  result.breast = Mask::zeros(50, 100);
  result.dense = Mask::zeros(50, 100);
  result.pectoral = Mask::zeros(50, 100);
  result.breast(cv::Rect(0, 0, 40, 25)) = 255;
  result.dense(cv::Rect(0, 0, 10, 25)) = 255;
  return result;
}

TEST(MeasureAreas, MatchesHandComputedAreas) {
  Result result = MakeResult();
  result.metadata.row_spacing_mm = 0.2;
  result.metadata.column_spacing_mm = 0.1;
  MeasureAreas(result);
  // The file is 20 mm wide and 20 mm high, 4 cm2; the breast has 1,000 of the masks' 5,000 pixels.
  EXPECT_DOUBLE_EQ(result.breast_area_cm2.value(), 0.8);
  EXPECT_DOUBLE_EQ(result.dense_area_cm2.value(), 0.2);
  EXPECT_DOUBLE_EQ(result.percent_density.value(), 25);
  EXPECT_FALSE(HasFlag(result.flags, Flag::kSpacingMissing));
}

TEST(MeasureAreas, FlagsMissingSpacing) {
  Result result = MakeResult();
  MeasureAreas(result);
  EXPECT_DOUBLE_EQ(result.percent_density.value(), 25);
  EXPECT_FALSE(result.breast_area_cm2);
  EXPECT_TRUE(HasFlag(result.flags, Flag::kSpacingMissing));
}

TEST(MeasureAreas, RejectsBreastBelowHalfAPercentOfTheImage) {
  Result result = MakeResult();
  result.breast = Mask::zeros(50, 100);
  result.breast(cv::Rect(0, 0, 24, 1)) = 255;  // 24 of 5,000 pixels
  EXPECT_EQ(ThrownCode([&] { MeasureAreas(result); }), ErrorCode::kOutOfScope);
  result.breast(cv::Rect(0, 0, 25, 1)) = 255;
  MeasureAreas(result);
  EXPECT_TRUE(result.percent_density);
}

TEST(MeasureOutlineAgreement, IsIntersectionOverUnion) {
  Result result = MakeResult();
  result.pectoral(cv::Rect(40, 0, 10, 25)) = 255;  // breast and muscle: 50 x 25
  Mask region = Mask::zeros(50, 100);
  EXPECT_DOUBLE_EQ(MeasureOutlineAgreement(result, region), 0);
  region(cv::Rect(0, 0, 50, 25)) = 255;
  EXPECT_DOUBLE_EQ(MeasureOutlineAgreement(result, region), 1);
  region(cv::Rect(50, 0, 50, 25)) = 255;
  EXPECT_DOUBLE_EQ(MeasureOutlineAgreement(result, region), 0.5);
}

}  // namespace
}  // namespace mhcnn
