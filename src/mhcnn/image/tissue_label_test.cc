#include "mhcnn/image/tissue_label.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

bool Same(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

TEST(TissueLabel, DenseGoesBeforeBreastAndPectoralBeforeBoth) {
  const Mask breast = (Mask(1, 5) << 0, 255, 255, 255, 0);
  const Mask dense = (Mask(1, 5) << 0, 0, 255, 255, 0);
  const Mask pectoral = (Mask(1, 5) << 0, 0, 0, 255, 255);
  const cv::Mat1b expected = (cv::Mat1b(1, 5) << 0, 85, 170, 255, 255);
  EXPECT_TRUE(Same(MakeLabelMap(breast.size(), {breast, dense, pectoral}), expected));
}

TEST(TissueLabel, AMissingMaskMarksNothing) {
  EXPECT_EQ(cv::countNonZero(MakeLabelMap({4, 3}, {})), 0);
  const Mask breast = (Mask(1, 2) << 0, 255);
  const cv::Mat1b expected = (cv::Mat1b(1, 2) << 0, 85);
  EXPECT_TRUE(Same(MakeLabelMap({2, 1}, {breast, {}, {}}), expected));
}

TEST(TissueLabel, AMapSplitsIntoMasksAndBack) {
  const cv::Mat1b labels = (cv::Mat1b(2, 2) << 0, 85, 170, 255);
  const TissueRegions regions = SplitLabelMap(labels);
  EXPECT_TRUE(Same(regions.breast, (cv::Mat1b(2, 2) << 0, 255, 255, 0)));
  EXPECT_TRUE(Same(regions.dense, (cv::Mat1b(2, 2) << 0, 0, 255, 0)));
  EXPECT_TRUE(Same(regions.pectoral, (cv::Mat1b(2, 2) << 0, 0, 0, 255)));
  EXPECT_TRUE(Same(MakeLabelMap(labels.size(), regions), labels));
}

TEST(TissueLabel, OnlyFourValuesAreLabels) {
  for (int value = -1; value <= 256; ++value) {
    EXPECT_EQ(IsTissueLabel(value), value == 0 || value == 85 || value == 170 || value == 255)
        << value;
  }
}

}  // namespace
}  // namespace mhcnn
